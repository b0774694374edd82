// tests/fuzz/exchange_fuzz.cpp - libFuzzer's door to Exchange::hear(): any bytes, over a log that
// holds something. Whatever they are, what was held stays, and an answer can be made.
#include "support/two_offices.h"

namespace {

struct Scene : jiyao::TwoOffices {
  Scene() {
    teach_both();
    (void)log_r->append(realm.write(r, internal), {}, {});
    (void)log_r->append(realm.write(r, secret), {}, {});
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Scene scene;
  jiyao::MemoryLog log = *scene.log_r;
  jiyao::Exchange hub(log, scene.as_hub());
  (void)hub.hear({bytes, size});
  JIYAO_ASSERT(log.batches(scene.internal).size() >= 1 && log.batches(scene.secret).size() >= 1);
  JIYAO_ASSERT(!hub.say(4096).empty());
  return 0;
}
