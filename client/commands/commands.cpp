// client/commands/commands.cpp - the table that registers every noun.
#include "client/commands/commands.h"

namespace jiyao {

void add_commands(Menu& menu) {
  constexpr void (*kNouns[])(Menu&) = {
      add_init,      add_enrol,    add_enrol_revoke, add_find,   add_due,         add_timeline,
      add_circulate, add_series,   add_holidays,     add_export, add_archive,     add_ledgers,
      add_import,    add_conflict, add_conflict_ask, add_sync,   add_bundle,      add_bundle_import,
      add_backup,    add_proof,    add_office,       add_user,   add_user_change, add_user_keys,
      add_print,     add_keys,     add_about};
  for (const auto add : kNouns) add(menu);
}

}  // namespace jiyao
