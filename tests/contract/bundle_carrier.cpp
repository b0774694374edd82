// tests/contract/bundle_carrier.cpp - bundles on a simulated stick as a carrier of the contract
// suite.
#include <gtest/gtest.h>

#include "contract/carrier.h"
#include "support/simulated_disk.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace jiyao {
namespace {

const Path kStick = "/stick";

/// One stick that goes there and back. Both ends keep a lane book, as replicas do.
class BundleCarrier final : public Carrier {
 public:
  Travelled meet(Seat& caller, Seat& answerer, const Route& route, std::size_t bytes_max,
                 Weather& weather) override {
    Travelled travelled;
    ++travelled.round_trips;
    travelled.bytes_out = carry(caller, answerer, route, bytes_max, weather, travelled.by_answerer);
    travelled.bytes_back = carry(answerer, caller, route, bytes_max, weather, travelled.by_caller);
    return travelled;
  }

 private:
  LaneBook& book(const Seat& of, const Seat& with) {
    return books_.try_emplace({of.machine.node, with.machine.node}, with.machine.node)
        .first->second;
  }

  // A person who waits in vain for a set declares it lost.
  Result<BundleOrder> order(LaneBook& lane, const Seat& from) {
    const std::vector<SetId> open = lane.open_sets();
    if (open.size() >= kOpenSetsMax && !lane.declare_lost(open.front()))
      ADD_FAILURE() << "an open set nobody knows";
    return order_for(lane, from.machine.node, from.machine.incarnation, *from.machine.sign);
  }

  std::size_t carry(Seat& from, Seat& to, const Route& route, std::size_t bytes_max,
                    Weather& weather, Heard& sum) {
    LaneBook& lane = book(from, to);
    Result<BundleOrder> planned = order(lane, from);
    if (!planned) return 0;
    planned->label = route.ceiling;
    planned->volume_bytes_max = std::max<std::uint64_t>(bytes_max, kVolumeBytesMin);
    const Result<BundleWriter> writer = BundleWriter::plan(from.log, std::move(*planned));
    if (!writer) return 0;  // strangers, or nobody yet
    SimulatedDisk stick(++sticks_, SimulatedDisk::Kind::medium);
    stick.make_folder(kStick);
    const Result<std::vector<HandOver>> facts = writer->write_all(stick, kStick);
    EXPECT_TRUE(facts) << facts.error().detail;
    lane.exported(writer->lane_set());
    std::size_t bytes = 0;
    for (const std::string& name : volumes_in(stick, kStick)) {
      const Path path = kStick + "/" + name;
      Bytes content = stick.content(path);
      bytes += content.size();
      content.resize(weather.arriving(content.size()));
      stick.set_content(path, content);
      for (int times = weather.repeats() ? 2 : 1; times > 0; --times)
        take_in(stick, path, from, to, sum);
    }
    return bytes;
  }

  void take_in(SimulatedDisk& stick, const Path& path, Seat& from, Seat& to, Heard& sum) {
    Result<BundleReader> reader = BundleReader::open(
        stick, path, {to.machine.node, to.machine.incarnation, *to.machine.box, {}, to.root});
    if (!reader) return;
    const Result<BundleSummary> summary = reader->inspect(to.log);
    const Result<BundleTaken> taken = reader->import(to.log, to.gate);
    EXPECT_EQ(bool(summary), bool(taken));
    if (!taken) return;
    add_up(sum, taken->heard);
    if (!taken->is_torn) book(to, from).took_in(reader->outer(), summary->manifest, taken->view);
  }

  std::map<std::pair<NodeId, NodeId>, LaneBook> books_;
  std::uint64_t sticks_ = 0;
};

[[maybe_unused]] const bool is_enlisted = enlist(
    CarrierKind{"bundles", RouteKind::medium, [] { return std::make_unique<BundleCarrier>(); }});

}  // namespace
}  // namespace jiyao
