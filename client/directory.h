// client/directory.h - names for ids: people, offices and machines, as the directory ledger says.
//
// The roster holds no names; the directory ledger does. Without a row for it, an id is shown by its
// first eight digits, so that every list stays readable while a new machine knows nobody yet.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "schema/catalogue.h"
#include "sync/replica.h"
#include "sync/successors.h"

namespace jiyao {

class Directory {
 public:
  /// Reads all rows once. `replica` outlives it.
  explicit Directory(const Replica& replica);

  std::string person(const UserId& id) const;
  std::string office(const OfficeId& id) const;
  std::string node(const NodeId& id) const;
  /// A person field's value: an id becomes a name, a name stays.
  std::string person_text(std::string_view value) const;
  std::string compartment(const Catalogue& words,
                          const CompartmentId& id) const;  ///< 办公室 · 机密

  bool is_own(const OfficeId& office) const;                    ///< of this machine
  const Successors& successors() const { return successors_; }  ///< of units that are no more
  const Replica& replica() const { return replica_; }

  /// By name, or by the first digits of its id, if that names exactly one.
  std::optional<OfficeId> office_named(std::string_view text) const;
  std::optional<NodeId> node_named(std::string_view text) const;
  std::optional<UserId> person_named(std::string_view text) const;

 private:
  std::string named(const std::string& hex) const;

  const Replica& replica_;
  std::map<std::string, std::string> names_;  ///< 32 hex digits -> name
  Successors successors_;
};

std::string level_text(const Catalogue& words, Level level);  ///< in the person's language

/// This machine's office.   errors: not_found (the roster does not name this machine yet)
Result<OfficeId> own_office(const Replica& replica);

}  // namespace jiyao
