// bench/measure_bundle.cpp - the same register by removable medium: written, read back, taken in.
#include <filesystem>

#include "bench/realm.h"
#include "bench/register.h"
#include "bench/workloads.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kChanged = 1000, kRowsPerCommit = 1000;

/// A records and seals; only the recording is not measured.
void record(const BenchRealm& realm, const std::vector<Act>& acts) {
  in_own_process([&] {
    Office office(realm, realm.a);
    for (std::size_t i = 0; i < acts.size(); i += 5)
      for (const auto& done : office.replica().record_many(
               std::span(acts).subspan(i, std::min<std::size_t>(5, acts.size() - i))))
        must(done, "record");
    return Done{};
  });
}

std::vector<Act> acts_of_changes(const BenchRealm& realm, std::uint64_t count) {
  const Done found = in_own_process([&] {
    Office office(realm, realm.a);
    Query query;
    query.ledger = "incoming";
    query.limit = count;
    Done done;
    for (const View& view : office.replica().search(query).rows) done.said += view.record.hex();
    return done;
  });
  std::vector<Act> acts;
  for (std::uint64_t n = 0; n * 32 < found.said.size(); ++n) {
    if (n % 200 == 0) acts.push_back({realm.place, {}});
    Step step;
    step.kind = ChangeKind::amend;
    step.record = *RecordId::from(*from_hex(found.said.substr(n * 32, 32)));
    step.writes = row_change(n);
    acts.back().steps.push_back(std::move(step));
  }
  return acts;
}

/// Writes what B lacks, as far as `theirs` (PeerView::encode(), hex) tells.
Done write_bundle(const BenchRealm& realm, const Path& stick, const std::string& theirs) {
  return in_own_process([&] {
    Office office(realm, realm.a);
    Replica& replica = office.replica();
    const double begin = now_s();
    must(replica.seal_pending(), "seal");
    BundleOrder order{.self = replica.node(),
                      .incarnation = replica.author().incarnation,
                      .sign = replica.node_key(),
                      .recipients = {realm.b.node}};
    if (!theirs.empty()) order.base.decode(*from_hex(theirs));
    const BundleWriter writer = must(BundleWriter::plan(replica.log(), std::move(order)), "plan");
    must(writer.write_all(office.desk().env().files, stick), "write");
    return Done{office.digest(),
                {{"s", now_s() - begin}, {"bytes", static_cast<double>(writer.bytes(1))}},
                {}};
  });
}

/// Says "records, digest|view": the view is what A takes B to hold from now on.
Done take_bundle(const BenchRealm& realm, const Path& stick) {
  return in_own_process([&] {
    Office office(realm, realm.b);
    Replica& replica = office.replica();
    Files& files = office.desk().env().files;
    const double begin = now_s();
    for (const std::string& name : volumes_in(files, stick)) {
      const BundleSelf self{replica.node(), replica.author().incarnation, replica.node_box(),
                            realm.realm(), realm.root()};
      BundleReader reader = must(BundleReader::open(files, stick + "/" + name, self), "bundle");
      must(reader.import(replica.log(), &replica), "import");
    }
    office.catch_up();
    Done done{office.digest(), {{"s", now_s() - begin}}, {}};
    Parley parley;
    parley.route = {RouteKind::medium, Level::internal};
    parley.self = replica.node();
    parley.peer_node = realm.a.node;
    const OurView view = look_at(replica.log(), parley);
    done.said += "|" + to_hex(PeerView::of(view, paper_hashes(replica.log(), view.scope)).encode());
    return done;
  });
}

/// One set from A to B on a fresh medium. Returns B's view of itself.
std::string carry(const BenchRealm& realm, const Path& stick, const std::string& theirs,
                  const std::string& what, const std::string& wall_target,
                  const std::string& bytes_target) {
  std::filesystem::create_directories(stick);
  const Done out = write_bundle(realm, stick, theirs);
  const Done in = take_bundle(realm, stick);
  const std::size_t cut = in.said.find('|');
  if (in.said.substr(0, cut) != out.said)
    throw std::runtime_error("A and B show different registers");
  print({"bundle, " + what + ", write and apply", "s", out.figures.at("s") + in.figures.at("s"), "",
         0, wall_target});
  print({"bundle, " + what + ", size", "MB", out.figures.at("bytes") / 1e6, "", 0, bytes_target});
  print({"bundle, " + what + ", peak memory of B", "MB", in.cost.peak_mb, "", 0, "<= 64"});
  return in.said.substr(cut + 1);
}

}  // namespace

void measure_bundle(const Order& order) {
  const BenchRealm realm(order.folder, {});
  in_own_process([&] {
    Office(realm, realm.a).open_series(order.rows);
    return Done{};
  });
  for (std::uint64_t from = 0; from < order.rows; from += 10 * kRowsPerCommit)
    record(realm,
           acts_of_rows(realm.place, from, std::min(from + 10 * kRowsPerCommit, order.rows)));
  const double share = static_cast<double>(order.rows) / 1e5;
  const std::string view =
      carry(realm, order.folder + "/stick1", {}, "first", "<= " + std::to_string(3.5 * share),
            "<= " + std::to_string(11.5 * share));
  record(realm, acts_of_changes(realm, std::min(kChanged, order.rows)));
  carry(realm, order.folder + "/stick2", view, "1,000 changed", "<= 0.08", "<= 0.08");
}

}  // namespace jiyao
