// client/directory.cpp - rows of the directory ledger as a look-up.
#include "client/directory.h"

#include <algorithm>
#include <vector>

#include "schema/text.h"

namespace jiyao {

namespace {

/// The only id among `ids` that is called `text` or begins with it.
template <class B>
std::optional<B> only(const std::vector<B>& ids, std::string_view text,
                      const std::map<std::string, std::string>& names) {
  std::optional<B> found;
  for (const B& id : ids) {
    const std::string hex = id.hex();
    const auto name = names.find(hex);
    const bool is_it = (name != names.end() && name->second == text) ||
                       (text.size() >= 4 && hex.starts_with(text));
    if (!is_it) continue;
    if (found) return std::nullopt;
    found = id;
  }
  return found;
}

}  // namespace

Directory::Directory(const Replica& replica) : replica_(replica) {
  const LedgerDefinition* ledger = replica.definitions().ledger("directory");
  if (ledger == nullptr) return;
  Query query;
  query.ledger = "directory";
  query.limit = 500;
  std::optional<RecordId> after;
  do {
    const RecordPage page = replica.search(query, after);
    for (const View& view : page.rows) {
      successors_.add(*ledger, view.state);
      const std::string subject = view.state.field(*ledger, "subject");
      if (!subject.empty()) names_[subject] = terminal_safe(view.state.field(*ledger, "name"));
    }
    after = page.after;
  } while (after);
}

std::string Directory::named(const std::string& hex) const {
  const auto found = names_.find(hex);
  return found == names_.end() ? hex.substr(0, 8) : found->second;
}

std::string Directory::person(const UserId& id) const {
  return named(id.hex());
}

std::string Directory::office(const OfficeId& id) const {
  return named(id.hex());
}

std::string Directory::node(const NodeId& id) const {
  return named(id.hex());
}

std::string Directory::person_text(std::string_view value) const {
  const auto found = names_.find(std::string(value));
  return found == names_.end() ? std::string(value) : found->second;
}

std::string Directory::compartment(const Catalogue& words, const CompartmentId& id) const {
  return office(id.office) + " · " + level_text(words, id.level);
}

bool Directory::is_own(const OfficeId& office) const {
  const auto own = own_office(replica_);
  return own && *own == office;
}

std::optional<OfficeId> Directory::office_named(std::string_view text) const {
  return only(replica_.roster().offices(), text, names_);
}

std::optional<NodeId> Directory::node_named(std::string_view text) const {
  return only(replica_.roster().nodes(), text, names_);
}

std::optional<UserId> Directory::person_named(std::string_view text) const {
  return only(replica_.roster().users(), text, names_);
}

std::string level_text(const Catalogue& words, Level level) {
  return std::string(words.language() == Language::zh ? chinese_of(level) : name_of(level));
}

Result<OfficeId> own_office(const Replica& replica) {
  const Roster roster = replica.roster();
  const NodeEntry* self = roster.node(replica.node());
  if (self == nullptr) return Errc::need_roster;
  return self->record.office;
}

}  // namespace jiyao
