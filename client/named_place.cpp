// client/named_place.cpp - see named_place.h.
#include "client/named_place.h"

#include "client/directory.h"

namespace jiyao {

Result<OfficeId> named_office(Desk& desk, const Replica& replica, const std::string& owner) {
  if (owner.empty()) return own_office(replica);
  const auto named = Directory(replica).office_named(owner);
  if (!named) return desk.failure(Errc::not_found, "office.none", {{"name", owner}});
  return *named;
}

Result<CompartmentId> named_place(Desk& desk, const Replica& replica, const std::string& owner,
                                  const std::string& level) {
  const auto office = named_office(desk, replica, owner);
  if (!office) return office.error();
  const auto known = level_from(level.empty() ? "internal" : level);
  if (!known) return desk.failure(Errc::invalid, "value.level", {{"typed", level}});
  return CompartmentId{*office, *known};
}

}  // namespace jiyao
