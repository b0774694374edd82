// sync/counted_streams.cpp - one note per machine: the last batch of each stream.
#include "sync/counted_streams.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "sync/log_file.h"

namespace jiyao {

namespace {

using Stream = std::tuple<NodeId, IncarnationId, CompartmentId>;
using Lasts = std::map<Stream, BatchLine>;

Stream stream_of(const BatchLine& line) {
  return {line.author.node, line.author.incarnation, line.compartment};
}

std::string note_of(const NodeId& node) {
  return "counted/" + node.hex();
}

Lasts noted(const LogFile& log, const NodeId& node) {
  Lasts lasts;
  const Bytes ids = log.recall(note_of(node)).value_or(Bytes{});
  for (std::size_t at = 0; at + BatchId::kBytes <= ids.size(); at += BatchId::kBytes)
    if (const auto line = log.find(*BatchId::from(ByteView(ids).subspan(at, BatchId::kBytes))))
      lasts.try_emplace(stream_of(*line), *line);
  return lasts;
}

}  // namespace

void note_counted(LogFile& log, const std::vector<BatchLine>& lines) {
  Lasts lasts;
  std::set<NodeId> nodes;
  for (const BatchLine& line : lines) {
    nodes.insert(line.author.node);
    const auto [held, is_first] = lasts.try_emplace(stream_of(line), line);
    if (!is_first && std::tie(held->second.seq, held->second.id) < std::tie(line.seq, line.id))
      held->second = line;
  }
  for (const NodeId& node : nodes) {
    Lasts all = noted(log, node);
    for (const auto& [stream, line] : lasts)
      if (line.author.node == node) all.try_emplace(stream, line);
    Bytes ids;
    for (const auto& [stream, line] : all)
      ids.insert(ids.end(), line.id.bytes.begin(), line.id.bytes.end());
    log.remember(note_of(node), ids);
  }
}

std::vector<KeptStream> counted_streams(const LogFile& log, const Roster& roster) {
  std::vector<KeptStream> counted;
  for (const NodeId& node : roster.nodes()) {
    if (!roster.node(node)->is_revoked) continue;
    for (const auto& [stream, line] : noted(log, node))
      counted.push_back({node, {line.author.incarnation, line.compartment, line.id}});
  }
  std::ranges::sort(counted, {}, [](const KeptStream& one) {
    return std::tuple(one.node, one.cut.incarnation, one.cut.compartment);
  });
  return counted;
}

}  // namespace jiyao
