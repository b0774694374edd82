// sync/bundle.cpp - see bundle.h.
#include "sync/bundle.h"

#include "sync/bundle_writer.h"
#include "sync/volume_file.h"

namespace jiyao {

namespace {

constexpr std::string_view kEnding = ".JYB";
constexpr std::uint64_t kChunkCost = kChunkLengthBytes + kChunkOverheadBytes;

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string volume_name(const SetId& set, std::uint32_t volume) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  JIYAO_ASSERT(volume >= 1 && volume <= kVolumesMax);
  std::string name = "JY";
  for (const char c : set.hex().substr(2 * SetId::kBytes - 4)) name += upper(c);
  const std::uint32_t beyond = volume < 100 ? 0 : volume - 100;
  name += volume < 100 ? kDigits[volume / 10] : kDigits[10 + beyond / 36];
  name += volume < 100 ? kDigits[volume % 10] : kDigits[beyond % 36];
  return name + std::string(kEnding);
}

std::vector<std::string> volumes_in(Files& files, const Path& folder) {
  std::vector<std::string> names;
  for (const std::string& name : files.list(folder)) {
    if (name.size() <= kEnding.size()) continue;
    std::string ending = name.substr(name.size() - kEnding.size());
    for (char& c : ending) c = upper(c);
    if (ending == kEnding) names.push_back(name);
  }
  return names;
}

std::uint64_t volume_bytes(std::uint64_t head_bytes, std::uint64_t first_message_bytes,
                           std::uint64_t frames_bytes) {
  const std::uint64_t chunks =
      frames_bytes == 0 ? 1 : (frames_bytes + kChunkBytesMax - 1) / kChunkBytesMax;
  return head_bytes + kChunkCost + first_message_bytes + chunks * kChunkCost + frames_bytes;
}

std::uint64_t frames_bytes_in(std::uint64_t room) {
  const std::uint64_t whole = room / (kChunkBytesMax + kChunkCost);
  const std::uint64_t rest = room % (kChunkBytesMax + kChunkCost);
  return whole * kChunkBytesMax + (rest > kChunkCost ? rest - kChunkCost : 0);
}

void FrameAssembler::add(ByteView piece) {
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(start_));
  start_ = 0;
  held_.insert(held_.end(), piece.begin(), piece.end());
}

Result<std::optional<Frame>> FrameAssembler::next() {
  const ByteView rest = ByteView(held_).subspan(start_);
  if (rest.size() < kFrameHeadBytes) return std::optional<Frame>();
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length |= std::size_t{rest[1 + i]} << (8 * i);
  if (length <= kFrameBytesMax && rest.size() < kFrameHeadBytes + length)
    return std::optional<Frame>();
  FrameReader reader(rest);
  const Result<Frame> frame = reader.next();
  if (!frame) return frame.error();
  start_ += kFrameHeadBytes + length;
  return std::optional<Frame>(*frame);
}

// All volumes or none: what was written goes again when a later one fails.
Result<std::vector<HandOver>> BundleWriter::write_all(Files& files, const Path& folder) const {
  std::vector<HandOver> facts;
  facts.reserve(volumes());  // what is on the medium is in here, whatever fails
  const auto drop_all = [&] {
    for (const HandOver& fact : facts)
      remove_quietly(files, folder + "/" + volume_name(fact.set, fact.volume));
  };
  try {
    for (std::uint32_t volume = 1; volume <= volumes(); ++volume) {
      Result<HandOver> fact = write(files, folder, volume);
      if (!fact) {
        drop_all();
        return fact.error();
      }
      facts.push_back(std::move(*fact));
    }
  } catch (const std::exception&) {  // the medium failed, or there is no memory
    drop_all();
    throw;
  }
  return facts;
}

}  // namespace jiyao
