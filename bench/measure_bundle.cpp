// bench/measure_bundle.cpp - the same register by removable medium: written, read back, taken in.
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "bench/floor_batch.h"
#include "bench/register.h"
#include "bench/two_offices.h"
#include "bench/workloads.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace jiyao {
namespace {

constexpr std::uint64_t kChanged = 1000;
constexpr std::streamsize kPieceBytes = 1024 * 1024;

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
    const double s = now_s() - begin;
    return Done{{}, {{"s", s}, {"bytes", static_cast<double>(writer.bytes(1))}}, {}};
  });
}

/// Says what A takes B to hold from now on.
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
    Done done{{}, {{"s", now_s() - begin}}, {}};
    Parley parley;
    parley.route = {RouteKind::medium, Level::internal};
    parley.self = replica.node();
    parley.peer_node = realm.a.node;
    const OurView view = look_at(replica.log(), parley);
    done.said = to_hex(PeerView::of(view, paper_hashes(replica.log(), view.scope)).encode());
    return done;
  });
}

/// The floor on a medium: batches in a file, synced; read, and put into B's register.
///   figures    s, bytes
Pair floor_carry(const Path& folder, std::uint64_t from_row) {
  const Path file = folder + "/floor.bundle";
  Pair pair;
  pair.up = in_own_process([&] {
    PlainRegister plain(folder + "/floor-a.db");
    const double begin = now_s();
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    FloorBatches().each(plain, from_row, [&](const Bytes& batch) { out << as_text(batch); });
    out.close();
    const int synced = ::open(file.c_str(), 0);
    if (!out || fsync(synced) != 0) throw std::runtime_error("floor: bundle");
    ::close(synced);
    const auto bytes = static_cast<double>(std::filesystem::file_size(file));
    return Done{{}, {{"s", now_s() - begin}, {"bytes", bytes}}, {}};
  });
  pair.down = in_own_process([&] {
    PlainRegister plain(folder + "/floor-b.db");
    const double begin = now_s();
    std::ifstream in(file, std::ios::binary);
    const FloorBatches batches;
    Bytes held, piece(kPieceBytes);
    while (in.read(reinterpret_cast<char*>(piece.data()), kPieceBytes) || in.gcount() > 0) {
      held.insert(held.end(), piece.begin(), piece.begin() + in.gcount());
      const ByteView rest = batches.put(plain, held);
      held = Bytes(rest.begin(), rest.end());
    }
    return Done{{}, {{"s", now_s() - begin}}, {}};
  });
  if (digest_of_plain(folder + "/floor-a.db") != digest_of_plain(folder + "/floor-b.db"))
    throw std::runtime_error("the floor lost rows");
  return pair;
}

/// One set from A to B on a fresh medium. Returns B's view of itself.
std::string carry(const BenchRealm& realm, std::uint64_t rows, const Path& stick,
                  const std::string& theirs, const std::string& what, const Pair& least,
                  const Goal& wall, const Goal& size) {
  std::filesystem::create_directories(stick);
  const Done out = write_bundle(realm, stick, theirs);
  const Done in = take_bundle(realm, stick);
  if (shown(realm, realm.a).said != shown(realm, realm.b).said)
    throw std::runtime_error("A and B show different registers");
  print(rows,
        {"bundle, " + what + ", write and apply", "s", out.figures.at("s") + in.figures.at("s"),
         "floor", least.sum("s")},
        {wall});
  print(rows,
        {"bundle, " + what + ", size", "MB", out.figures.at("bytes") / 1e6, "floor",
         least.up.figures.at("bytes") / 1e6},
        {size});
  print(rows,
        {"bundle, " + what + ", peak memory of B", "MB", in.cost.peak_mb, "floor",
         least.down.cost.peak_mb},
        {of_rows(0, at_most(64))});
  return in.said;
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
  fill_floor(order.folder + "/floor-a.db", order.rows);
  const std::string view =
      carry(realm, order.rows, order.folder + "/stick1", {}, "first", floor_carry(order.folder, 0),
            growing(at_most(3.5)), growing(at_most(11.5)));
  const std::uint64_t changed = std::min(kChanged, order.rows);
  record(realm, acts_of_changes(realm, changed));
  carry(realm, order.rows, order.folder + "/stick2", view, "1,000 changed",
        floor_carry(order.folder, order.rows - changed), at_most(0.08), at_most(0.08));
}

}  // namespace jiyao
