// bench/measure_desk.cpp - what a clerk asks at nine in the morning, with everything in the
// register: a word, its later pages, a part of the list, where a paper is, and what falls due;
// against the plain SQL that answers the same.
#include <algorithm>

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

std::string doc_no_of(std::uint64_t n) {
  return "办发〔2026〕" + std::to_string(n + 1) + "号";
}

/// The last papers of the register are proposed and taken in hand, with a limit that is over. They
/// are named: rows registered in one millisecond have no order among them.
void take_in_hand(Replica& replica, const CompartmentId& place, std::uint64_t rows) {
  const auto move = [&](const RecordId& record, std::vector<Write> writes) {
    Step step;
    step.kind = ChangeKind::amend;
    step.record = record;
    step.writes = std::move(writes);
    must(replica.record({place, {step}}), "move");
  };
  for (std::uint64_t n = rows - std::min<std::uint64_t>(rows, kInHand); n < rows; ++n) {
    Query query;
    query.ledger = "incoming";
    query.equals["doc_no"] = doc_no_of(n);
    const RecordId record = replica.search(query).rows.at(0).record;
    move(record, {{"state", "proposed"}});
    move(record, {{"due_on", "2027-05-01"}, {"state", "in_hand"}});
  }
}

/// What is asked beside a word: a state, a sender and a time, as a clerk narrows a list.
Query filtered(const std::string& text) {
  Query query;
  query.ledger = "incoming";
  query.text = text;
  query.state = "registered";
  query.units = {"省档案局"};
  query.from = "2026-03-10", query.to = "2026-06-20";
  query.limit = kPage;
  return query;
}
constexpr const char* kFiltered =
    "state = 'registered' AND sender_org = '省档案局' AND "
    "received_on BETWEEN '2026-03-10' AND '2026-06-20'";

/// So many hits lie above the later page.
std::size_t hits_above(std::uint64_t rows) {
  return std::min<std::size_t>(10'000, rows / 8);
}

/// Both desks are asked the same: milliseconds of an answer, and how much it found.
class Asking {
 public:
  void ask(const std::string& what, const std::function<double()>& answer) {
    double found = 0;
    figures_[what] = median_ms([&] { found = answer(); });
    figures_[what + kFound] = found;
  }
  Figures take() { return std::move(figures_); }
  static constexpr const char* kFound = ", found";

 private:
  Figures figures_;
};

Figures asked_of_us(const BenchRealm& realm, std::uint64_t rows, const std::string& doc_no) {
  Office office(realm, realm.a);
  Replica& replica = office.replica();
  take_in_hand(replica, realm.place, rows);
  const auto found = [&](const Query& query, const std::optional<RecordId>& after = {}) {
    return static_cast<double>(replica.search(query, after).rows.size());
  };
  Query word;
  word.text = kWord;
  word.limit = hits_above(rows);
  const RecordId end = replica.search(word).rows.back().record;
  word.limit = kPage;
  Asking asking;
  asking.ask("find", [&] { return found(word); });
  asking.ask("find, later page", [&] { return found(word, end); });
  asking.ask("find, filtered", [&] { return found(filtered(kWord)); });
  asking.ask("list, filtered", [&] { return found(filtered("")); });
  asking.ask("list, filtered, total",
             [&] { return static_cast<double>(replica.count(filtered(""))); });
  asking.ask("where", [&] {
    return must(copies_named(office.desk(), replica, doc_no), "where").empty() ? 1.0 : 0.0;
  });
  asking.ask("today", [&] {
    const auto due = due_items(replica, kToday, 0, 0);
    return static_cast<double>(std::count_if(
        due.begin(), due.end(), [](const DueItem& item) { return item.row.has_value(); }));
  });
  return asking.take();
}

Figures asked_of_plain(const Path& path, std::uint64_t rows, const std::string& doc_no) {
  PlainRegister plain(path);
  plain.take_in_hand(kInHand);
  const auto size = [](const auto& found) { return static_cast<double>(found.size()); };
  const std::int64_t end = plain.newest_below(kWord, INT64_MAX, hits_above(rows)).last;
  Asking asking;
  asking.ask("find", [&] { return size(plain.newest(kWord, kPage)); });
  asking.ask("find, later page", [&] { return size(plain.newest_below(kWord, end, kPage).rows); });
  asking.ask("find, filtered", [&] { return size(plain.newest_where(kWord, kFiltered, kPage)); });
  asking.ask("list, filtered", [&] { return size(plain.newest_where("", kFiltered, kPage)); });
  asking.ask("list, filtered, total",
             [&] { return static_cast<double>(plain.count_where("", kFiltered)); });
  asking.ask("where", [&] { return size(plain.named(doc_no)); });
  asking.ask("today", [&] { return size(plain.in_hand()); });
  return asking.take();
}

}  // namespace

void measure_desk(const Order& order) {
  const BenchRealm realm(order.folder + "/realm", {});
  const Path path = order.folder + "/plain.db";
  import_rows(realm, order.rows);
  fill_floor(path, order.rows);
  const std::string doc_no = doc_no_of(order.rows / 2 - 1);
  const Figures ours = in_own_process([&] {
                         return Done{{}, asked_of_us(realm, order.rows, doc_no), {}};
                       }).figures;
  const Figures plain = in_own_process([&] {
                          return Done{{}, asked_of_plain(path, order.rows, doc_no), {}};
                        }).figures;
  for (const char* verb : {"find", "find, later page", "find, filtered", "list, filtered",
                           "list, filtered, total", "where", "today"}) {
    const std::string found = std::string(verb) + Asking::kFound;
    if (ours.at(found) != plain.at(found)) throw std::runtime_error("the desks differ: " + found);
    print(order.rows,
          {std::string("desk, ") + verb, "ms", ours.at(verb), "plain SQL", plain.at(verb)},
          {of_rows(kRowsOfGoal, at_most(50))});
  }
}

}  // namespace jiyao
