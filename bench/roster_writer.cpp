// bench/roster_writer.cpp - see roster_writer.h.
#include "bench/roster_writer.h"

#include "bench/must.h"
#include "crypto/random.h"

namespace jiyao {

RosterWriter::RosterWriter()
    : realm_(random_block<RealmId>()),
      person_(random_block<UserId>()),
      root_(signing_key_from(Secret<32>::random())) {}

RosterBody RosterWriter::realm_body(const OfficeId& office) const {
  RealmRecord realm;
  realm.roots = {{person_, root_->verify_key()}};
  realm.realm_office = office;
  return realm;
}

void RosterWriter::add(std::vector<RosterBody> bodies) {
  RosterRecord record;
  record.realm = realm_;
  record.seq = roster_.point().seq + 1;
  record.prev = roster_.point().hash;
  record.bodies = std::move(bodies);
  record.signatures = {{person_, root_->sign(Label::roster, digest_of(record))}};
  records_.push_back(encode_record(record));
  roster_ = must(roster_.append(records_.back()), "roster record");
}

}  // namespace jiyao
