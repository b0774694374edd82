// tests/fuzz/bundle_fuzz.cpp - libFuzzer's door to BundleReader: patches laid over a good volume,
// or any bytes at all. Nothing but the volume itself is ever taken in.
#include <map>

#include "support/simulated_disk.h"
#include "support/two_offices.h"
#include "sync/bundle_reader.h"
#include "sync/bundle_writer.h"

namespace {

using namespace jiyao;

const Path kStick = "/stick";

struct Scene : TwoOffices {
  Scene() {
    stick.make_folder(kStick);
    teach_both();
    (void)log_a->append(realm.write(a, internal), {}, {});
    Result<BundleOrder> order = order_for(LaneBook(r.node), a.node, a.incarnation, *a.sign);
    order->label = Level::secret;
    const Result<BundleWriter> writer = BundleWriter::plan(*log_a, std::move(*order));
    JIYAO_ASSERT(bool(writer) && bool(writer->write(stick, kStick, 1)));
    good = stick.content(kStick + "/" + volume_name(writer->set(), 1));
  }
  SimulatedDisk stick{1, SimulatedDisk::Kind::medium};
  Bytes good;
};

/// First byte even: the rest is the file. Odd: triples (offset, offset, value) over the good one.
Bytes file_from(ByteView input, const Bytes& good) {
  if (input.empty() || input[0] % 2 == 0) return {input.begin(), input.end()};
  Bytes file = good;
  for (std::size_t i = 1; i + 2 < input.size(); i += 3)
    file[(std::size_t{input[i]} << 8 | input[i + 1]) % file.size()] ^= input[i + 2];
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static Scene scene;
  const Bytes file = file_from({bytes, size}, scene.good);
  const Path path = kStick + "/FUZZ.JYB";
  scene.stick.set_content(path, file);
  MemoryLog log = *scene.log_r;
  Result<BundleReader> reader =
      BundleReader::open(scene.stick, path,
                         {scene.r.node, scene.r.incarnation, *scene.r.box,
                          scene.realm.roster().realm(), scene.realm.root()});
  if (!reader) return 0;
  const bool is_taken = bool(reader->import(log));
  JIYAO_ASSERT(is_taken == (file == scene.good));
  return 0;
}
