// tests/registers/apart.h - two office machines that worked apart and the archive that hears of
// both: what everybody must show once they are together.
//
// A row of the catalogue of conflicts is: what both knew, what each did, what all see. It runs in
// both orders of arrival and by both carriers (`Way`); all three replicas must agree each time.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "support/realm_fixture.h"

namespace jiyao {

/// Values by field name. "sign" of a signature field: what an approval made now binds to.
using Fields = std::vector<std::pair<std::string, std::string>>;

enum class By { message, bundle };
struct Way {
  By by = By::message;
  bool is_b_first = false;  ///< whose work the archive hears of first
};
std::string name_of(const Way& way);

/// One desk, whoever sits at it.
class Party {
 public:
  Party(RealmFixture& realm, Desk& desk, const Clerk& clerk, const CompartmentId& compartment);

  void sit(const Clerk& clerk);  ///< logs in
  void leave() { replica_.reset(); }
  void turn_to(const CompartmentId& compartment) { compartment_ = compartment; }
  Replica& replica() { return *replica_; }
  Desk& desk() { return desk_; }

  /// Makes a record in this state. Fails the test if it is refused.
  RecordId make(const std::string& ledger, const std::string& state, Fields fields);
  void write(const RecordId& record, const Fields& fields);  ///< "state" among them: a step
  /// Takes back the entries of a set in which this field says so.
  void withdraw(const RecordId& record, const std::string& field, const std::string& value);
  /// A ruling on what is open in these groups; on what they show where nothing is.
  void resolve(const RecordId& record, const Fields& fields);
  void renumber(const RecordId& record, const std::string& field, const std::string& number);
  void move_away(const RecordId& record);  ///< its owner carries it on elsewhere
  /// Why making or writing is refused; empty: it was not, and is done.
  std::string refusal_of_making(const std::string& ledger, const std::string& state, Fields fields);
  std::string refusal_of(const RecordId& record, const Fields& fields);

  std::string state(const RecordId& record) const;
  std::string shown(const RecordId& record, const std::string& field) const;
  /// Of one group: how many writes are only proposals.
  std::size_t proposals(const RecordId& record, const std::string& group) const;
  /// "D2 U4": codes of findings about this record, sorted, N5 (no block asked for) left out.
  std::string codes(const RecordId& record) const;
  std::vector<Finding> findings(const RecordId& record) const;
  /// "q archivist": class and roles asked by the finding of this code about this record; empty:
  /// there is none.
  std::string asked(const RecordId& record, const std::string& code) const;

 private:
  Result<Recorded> act(ChangeKind kind, const std::string& ledger, const RecordId& record,
                       const Fields& fields, std::vector<ChangeId> settles = {});
  std::vector<Write> writes(const LedgerDefinition& ledger, const RecordState* before,
                            const Fields& fields) const;

  RealmFixture& realm_;
  Desk& desk_;
  CompartmentId compartment_;
  std::unique_ptr<Replica> replica_;
};

/// Offices A and B share (A, secret) with the archive R. People: the two clerks and those below.
class Apart : public testing::TestWithParam<Way> {
 protected:
  Apart();

  /// What one side knows and the other does not, by this carrier; both catch up.
  void carry(Party& from, Party& to, By by);
  /// All three know what all three know.
  void together();
  /// The same, whichever replica is asked; a failure names those that differ.
  std::string codes(const RecordId& record);
  std::string state(const RecordId& record);
  std::string shown(const RecordId& record, const std::string& field);
  std::string asked(const RecordId& record, const std::string& code);
  std::size_t proposals(const RecordId& record, const std::string& group);

  /// A document of this level and one copy of it in the safe, made at A.
  RecordId copy(const std::string& level = "secret", const std::string& copy_no = "000001");
  RecordId document_of(const RecordId& copy);
  /// A loan of it to this person, with the custody of the copy, made at this side.
  RecordId lend(Party& side, const RecordId& copy, const std::string& borrower);

  RealmFixture realm;
  CompartmentId compartment;
  Clerk leader, other_leader, authority, first_witness, second_witness;
  Party a, b, r;

 private:
  void same(const std::string& what, const std::string& at_a, const std::string& at_b,
            const std::string& at_r);
  int sticks_ = 0;
};

std::vector<Way> every_way();

}  // namespace jiyao
