// client/commands/commands.h - the nouns of the command line; one small source each.
#pragma once

#include "client/menu.h"

namespace jiyao {

void add_init(Menu& menu);           ///< init
void add_enrol(Menu& menu);          ///< enrol invite, request, approve, complete
void add_enrol_revoke(Menu& menu);   ///< enrol revoke
void add_ledgers(Menu& menu);        ///< every verb of every ledger (client/commands/ledger.h)
void add_import(Menu& menu);         ///< import
void add_export(Menu& menu);         ///< export, template
void add_archive(Menu& menu);        ///< archive export
void add_find(Menu& menu);           ///< find, where, history
void add_circulate(Menu& menu);      ///< circulate approve, pass, return
void add_conflict(Menu& menu);       ///< conflict list, show, resolve, undo
void add_conflict_ask(Menu& menu);   ///< conflict ask
void add_sync(Menu& menu);           ///< sync
void add_bundle(Menu& menu);         ///< bundle export, list, lost
void add_bundle_import(Menu& menu);  ///< bundle inspect, import
void add_backup(Menu& menu);         ///< backup create, restore
void add_proof(Menu& menu);          ///< status, verify
void add_office(Menu& menu);         ///< office add, list, hub add, access give, list
void add_user(Menu& menu);           ///< user add, approve, list
void add_user_change(Menu& menu);    ///< user change
void add_user_keys(Menu& menu);      ///< user keys
void add_series(Menu& menu);         ///< series list, grant, report; gaps
void add_holidays(Menu& menu);       ///< holidays list, import, check, day-end
void add_due(Menu& menu);            ///< today, due
void add_timeline(Menu& menu);       ///< timeline, access log
void add_print(Menu& menu);          ///< print
void add_keys(Menu& menu);           ///< passphrase change, unlock
void add_about(Menu& menu);          ///< help, version

/// All of them, in the order `jiyao --help` shows them.
void add_commands(Menu& menu);

}  // namespace jiyao
