// bench/roster_writer.h - the root of a realm that is measured: signs what its roster has to say.
#pragma once

#include <memory>

#include "sync/roster.h"

namespace jiyao {

class RosterWriter {
 public:
  RosterWriter();

  const RealmId& realm() const { return realm_; }
  /// What seq 1 begins with.
  RosterBody realm_body(const OfficeId& office) const;
  /// One record, signed; at most kRecordBodiesMax bodies.
  void add(std::vector<RosterBody> bodies);
  const Roster& roster() const { return roster_; }
  const std::vector<Bytes>& records() const { return records_; }

 private:
  RealmId realm_;
  UserId person_;
  std::shared_ptr<const SigningKey> root_;
  Roster roster_;
  std::vector<Bytes> records_;
};

}  // namespace jiyao
