// bench/measure_desk.cpp - what a clerk asks at nine in the morning, with everything in the
// register: a word, where a paper is, and what falls due; against the plain SQL that answers the
// same.
#include "bench/plain.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"
#include "client/custody_chain.h"
#include "client/reminders.h"

namespace jiyao {
namespace {

constexpr std::size_t kPage = 50, kInHand = 50;
constexpr std::uint64_t kRowsOfGoal = 1'000'000;
constexpr const char* kWord = "保密";
constexpr const char* kToday = "2027-06-01";

/// The newest papers are proposed and taken in hand, with a limit that is over.
void take_in_hand(Replica& replica, const CompartmentId& place) {
  Query query;
  query.ledger = "incoming";
  query.limit = kInHand;
  const auto move = [&](const RecordId& record, std::vector<Write> writes) {
    Step step;
    step.kind = ChangeKind::amend;
    step.record = record;
    step.writes = std::move(writes);
    must(replica.record({place, {step}}), "move");
  };
  for (const View& row : replica.search(query).rows) {
    move(row.record, {{"state", "proposed"}});
    move(row.record, {{"due_on", "2027-05-01"}, {"state", "in_hand"}});
  }
}

/// figures: milliseconds, and how many each found
Figures asked_of_us(const BenchRealm& realm, const std::string& doc_no) {
  Office office(realm, realm.a);
  Replica& replica = office.replica();
  take_in_hand(replica, realm.place);
  Query query;
  query.text = kWord;
  query.limit = kPage;
  double found = 0, there = 0, due = 0;
  const double find_ms =
      median_ms([&] { found = static_cast<double>(replica.search(query).rows.size()); });
  const double where_ms = median_ms(
      [&] { there = must(copies_named(office.desk(), replica, doc_no), "where").empty() ? 1 : 0; });
  const double today_ms = median_ms([&] {
    due = 0;
    for (const DueItem& item : due_items(replica, kToday, 0, 0)) due += item.row ? 1 : 0;
  });
  return {{"find", find_ms}, {"where", where_ms}, {"today", today_ms},
          {"found", found},  {"there", there},    {"due", due}};
}

Figures asked_of_plain(const Path& path, const std::string& doc_no) {
  PlainRegister plain(path);
  plain.take_in_hand(kInHand);
  double found = 0, there = 0, due = 0;
  const double find_ms =
      median_ms([&] { found = static_cast<double>(plain.newest(kWord, kPage).size()); });
  const double where_ms =
      median_ms([&] { there = static_cast<double>(plain.named(doc_no).size()); });
  const double today_ms = median_ms([&] { due = static_cast<double>(plain.in_hand().size()); });
  return {{"find", find_ms}, {"where", where_ms}, {"today", today_ms},
          {"found", found},  {"there", there},    {"due", due}};
}

}  // namespace

void measure_desk(const Order& order) {
  const BenchRealm realm(order.folder + "/realm", {});
  const Path path = order.folder + "/plain.db";
  import_rows(realm, order.rows);
  fill_floor(path, order.rows);
  const std::string doc_no = "办发〔2026〕" + std::to_string(order.rows / 2) + "号";
  const Figures ours = in_own_process([&] {
                         return Done{{}, asked_of_us(realm, doc_no), {}};
                       }).figures;
  const Figures plain = in_own_process([&] {
                          return Done{{}, asked_of_plain(path, doc_no), {}};
                        }).figures;
  for (const char* answer : {"found", "there", "due"})
    if (ours.at(answer) != plain.at(answer))
      throw std::runtime_error(std::string("the desks differ: ") + answer);
  for (const char* verb : {"find", "where", "today"})
    print(order.rows,
          {std::string("desk, ") + verb, "ms", ours.at(verb), "plain SQL", plain.at(verb)},
          {of_rows(kRowsOfGoal, at_most(50))});
}

}  // namespace jiyao
