// schema/columns_decode.cpp - columns back to changes, from bytes nobody has vouched for.
#include <algorithm>
#include <unordered_map>

#include "schema/columns.h"
#include "schema/columns_layout.h"
#include "schema/limits.h"
#include "schema/text.h"

namespace jiyao {

namespace {

// Every take_ function reads `count` entries, one a change, and allocates only after it has seen
// that as many bytes are there. A failure stays in the reader and is looked at once.

// Per change the place of its value in a list of values.
struct Coded {
  std::vector<std::uint32_t> places;
  std::size_t values = 0;
};

Coded take_codes(WireReader& in, std::size_t count) {
  Coded coded;
  if (count > in.left()) in.fail();
  for (std::size_t i = 0; i < count && !in.has_failed(); ++i) {
    const std::uint64_t code = in.varint();
    std::uint64_t place = 0;
    if (code == kNewValue)
      place = coded.values++;
    else if (code == kSameAsBefore && i > 0)
      place = coded.places.back();
    else if (code >= kEarlierValue && code - kEarlierValue < coded.values)
      place = code - kEarlierValue;
    else
      in.fail();
    coded.places.push_back(static_cast<std::uint32_t>(place));
  }
  return coded;
}

template <class B>
struct IdColumn {
  std::vector<std::uint32_t> places;
  std::vector<B> values;
  const B& operator[](std::size_t change) const { return values[places[change]]; }
};

template <class B>
IdColumn<B> take_id_column(WireReader& in, std::size_t count) {
  Coded coded = take_codes(in, count);
  const ByteView planes = in.take(coded.values * B::kBytes);
  IdColumn<B> column;
  if (in.has_failed()) return column;
  column.values.resize(coded.values);
  for (std::size_t i = 0; i < B::kBytes; ++i)
    for (std::size_t j = 0; j < coded.values; ++j)
      column.values[j].bytes[i] = planes[i * coded.values + j];
  column.places = std::move(coded.places);
  return column;
}

struct TextColumn {
  std::vector<std::uint32_t> places;
  std::vector<std::string_view> values;  // into the body
  std::string_view operator[](std::size_t change) const { return values[places[change]]; }
};

TextColumn take_text_column(WireReader& in, std::size_t count) {
  Coded coded = take_codes(in, count);
  TextColumn column;
  for (std::size_t i = 0; i < coded.values && !in.has_failed(); ++i)
    column.values.push_back(as_text(in.take(in.varint())));
  column.places = std::move(coded.places);
  return column;
}

std::vector<std::uint64_t> take_number_column(WireReader& in, std::size_t count,
                                              std::uint64_t step) {
  std::vector<std::uint64_t> numbers;
  if (count > in.left()) in.fail();
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < count && !in.has_failed(); ++i) {
    numbers.push_back(expected + in.zigzag());
    expected = numbers.back() + step;
  }
  return numbers;
}

// Per change how many, each at most `most`; and their sum.
struct CountColumn {
  std::vector<std::uint32_t> counts;
  std::size_t sum = 0;
};

CountColumn take_counts(WireReader& in, std::size_t count, std::size_t most) {
  CountColumn column;
  if (count > in.left()) in.fail();
  for (std::size_t i = 0; i < count && !in.has_failed(); ++i) {
    column.counts.push_back(static_cast<std::uint32_t>(in.count(most)));
    column.sum += column.counts.back();
  }
  return column;
}

struct Shape {
  std::vector<std::uint32_t> groups;   // places in the group names
  std::vector<std::uint32_t> columns;  // places in the value columns; filled at first use
  std::uint32_t ledger = 0;
  bool is_used = false;
};

// The values of one (ledger, group), in the order of the changes that write it.
struct ValueColumn {
  std::size_t values = 0;
  std::vector<std::uint32_t> lengths;
  ByteView bytes;
  std::size_t next = 0;
};

class BodyReader {
 public:
  BodyReader(ByteView body, const BodyContext& context) : in_(body), context_(context) {}

  Result<OpenedBody> read() {
    if (const Result<void> head = take_preamble(in_, kColumnsPreamble); !head) return head.error();
    OpenedBody opened;
    opened.salt = in_.block<BodySalt>();
    count_ = in_.u16();
    if (in_.has_failed() || count_ == 0 || count_ > kBatchChangesMax)
      return {Errc::malformed, "not 1..1000 changes"};
    take_columns();
    if (in_.has_failed() || !in_.is_at_end()) return {Errc::malformed, "columns do not add up"};
    opened.changes.reserve(count_);
    opened.ids.reserve(count_);
    for (std::size_t i = 0; i < count_; ++i)
      if (const Result<void> added = add_change(opened, i); !added) return added.error();
    return opened;
  }

 private:
  void take_columns() {
    kinds_ = in_.take(count_);
    ledgers_ = take_text_column(in_, count_);
    nodes_ = take_id_column<NodeId>(in_, count_);
    incarnations_ = take_id_column<IncarnationId>(in_, count_);
    n_ = take_number_column(in_, count_, 1);
    acts_ = take_id_column<ActId>(in_, count_);
    records_ = take_id_column<RecordId>(in_, count_);
    actors_ = take_id_column<UserId>(in_, count_);
    rulesets_ = take_number_column(in_, count_, 0);
    hlcs_ = take_number_column(in_, count_, 0);
    reasons_ = take_text_column(in_, count_);
    parents_ = take_counts(in_, count_, kParentsMax);
    parent_codes_ = in_.take(parents_.sum);
    for (const std::uint8_t code : parent_codes_) {
      if (code > kParentBefore) in_.fail();
      if (code == kParentNamed) ++named_parents_;
    }
    named_ = WireReader(in_.take(named_parents_ * ChangeId::kBytes));
    settles_ = take_counts(in_, count_, kSettlesMax);
    settled_ = WireReader(in_.take(settles_.sum * ChangeId::kBytes));
    take_shapes();
    take_values();
    is_signed_ = in_.take(count_);
    const auto flags = std::ranges::count(is_signed_, std::uint8_t{1});
    if (flags + std::ranges::count(is_signed_, std::uint8_t{0}) != std::ssize(is_signed_))
      in_.fail();
    persons_ = WireReader(in_.take(static_cast<std::uint64_t>(flags) * Signature::kBytes));
  }

  void take_shapes() {
    const std::size_t groups = in_.count(count_ * kWritesMax);
    for (std::size_t i = 0; i < groups && !in_.has_failed(); ++i)
      groups_.push_back(as_text(in_.take(in_.count(kNameBytesMax))));
    const std::size_t shapes = in_.count(count_);
    for (std::size_t i = 0; i < shapes && !in_.has_failed(); ++i) {
      Shape& shape = shapes_.emplace_back();
      const std::size_t writes = in_.count(kWritesMax);
      for (std::size_t j = 0; j < writes && !in_.has_failed(); ++j) {
        const std::size_t group = in_.count(groups_.size());
        if (group >= groups_.size()) return in_.fail();
        shape.groups.push_back(static_cast<std::uint32_t>(group));
      }
    }
    for (std::size_t i = 0; i < count_ && !in_.has_failed(); ++i) {
      const std::size_t place = in_.count(shapes_.size());
      if (place >= shapes_.size()) return in_.fail();
      use_shape(shapes_[place], ledgers_.places[i]);
      shape_by_change_.push_back(static_cast<std::uint32_t>(place));
    }
  }

  // A shape belongs to the ledger of the change that used it first.
  void use_shape(Shape& shape, std::uint32_t ledger) {
    if (!shape.is_used) {
      shape.is_used = true;
      shape.ledger = ledger;
      for (const std::uint32_t group : shape.groups) {
        const std::uint64_t key = std::uint64_t{ledger} << 32 | group;
        const auto [place, is_new] = column_places_.try_emplace(key, values_.size());
        if (is_new) values_.emplace_back();
        shape.columns.push_back(static_cast<std::uint32_t>(place->second));
      }
    }
    if (shape.ledger != ledger) return in_.fail();
    for (const std::uint32_t column : shape.columns) ++values_[column].values;
  }

  void take_values() {
    for (ValueColumn& column : values_) {
      if (column.values > in_.left()) in_.fail();
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i < column.values && !in_.has_failed(); ++i) {
        column.lengths.push_back(static_cast<std::uint32_t>(in_.count(kTextBytesMax)));
        sum += column.lengths.back();
      }
      column.bytes = in_.take(sum);
    }
  }

  Write take_write(const Shape& shape, std::size_t i) {
    ValueColumn& column = values_[shape.columns[i]];
    const std::size_t length = column.lengths[column.next++];
    Write write{std::string(groups_[shape.groups[i]]),
                std::string(as_text(column.bytes.first(length)))};
    column.bytes = column.bytes.subspan(length);
    return write;
  }

  // Everything but ids and writes, which grow.
  void fill(Change& change, std::size_t i) const {
    change.realm = context_.realm;
    change.compartment = context_.compartment;
    change.origin = {nodes_[i], incarnations_[i], n_[i]};
    change.act = acts_[i];
    change.record = records_[i];
    change.ledger = ledgers_[i];
    change.kind = static_cast<ChangeKind>(kinds_[i]);
    change.ruleset = static_cast<std::uint32_t>(rulesets_[i]);
    change.actor = actors_[i];
    change.reason = reasons_[i];
    change.hlc = hlcs_[i];
  }

  // What the change will need at least, from its columns, before any of it is allocated; never more
  // than its canonical bytes.
  std::size_t size_of(std::size_t i) const {
    std::size_t size = ledgers_[i].size() + reasons_[i].size() +
                       (parents_.counts[i] + settles_.counts[i]) * ChangeId::kBytes;
    for (const std::uint32_t group : shapes_[shape_by_change_[i]].groups)
      size += 8 + groups_[group].size();
    return size;
  }

  Result<void> add_change(OpenedBody& opened, std::size_t i) {
    estimate_ += size_of(i);
    if (estimate_ > kBatchOpenedBytesMax) return {Errc::too_large, "changes pass 4 MiB"};
    Change& change = opened.changes.emplace_back();
    fill(change, i);
    const auto [last, is_first] = last_.try_emplace(change.record, i);
    change.parents.reserve(parents_.counts[i]);
    for (std::uint32_t j = 0; j < parents_.counts[i]; ++j) {
      const bool is_before = parent_codes_[next_parent_++] == kParentBefore;
      if (is_before && is_first) return {Errc::malformed, "no change before this one"};
      change.parents.push_back(is_before ? opened.ids[last->second] : named_.block<ChangeId>());
    }
    last->second = i;
    change.settles.reserve(settles_.counts[i]);
    for (std::uint32_t j = 0; j < settles_.counts[i]; ++j)
      change.settles.push_back(settled_.block<ChangeId>());
    const Shape& shape = shapes_[shape_by_change_[i]];
    change.writes.reserve(shape.groups.size());
    for (std::size_t j = 0; j < shape.groups.size(); ++j)
      change.writes.push_back(take_write(shape, j));
    if (is_signed_[i] == 1) change.person = persons_.block<Signature>();
    total_ += canonical_bytes(change);
    if (total_ > kBatchOpenedBytesMax) return {Errc::too_large, "changes pass 4 MiB"};
    opened.ids.push_back(id_of(change, scratch_));
    return check_shape(change);
  }

  WireReader in_;
  const BodyContext& context_;
  std::size_t count_ = 0;
  ByteView kinds_, parent_codes_, is_signed_;
  TextColumn ledgers_, reasons_;
  IdColumn<NodeId> nodes_;
  IdColumn<IncarnationId> incarnations_;
  IdColumn<ActId> acts_;
  IdColumn<RecordId> records_;
  IdColumn<UserId> actors_;
  std::vector<std::uint64_t> n_, rulesets_, hlcs_;
  CountColumn parents_, settles_;
  std::size_t named_parents_ = 0, next_parent_ = 0;
  WireReader named_{ByteView{}}, settled_{ByteView{}}, persons_{ByteView{}};
  std::vector<std::string_view> groups_;
  std::vector<Shape> shapes_;
  std::vector<std::uint32_t> shape_by_change_;
  std::unordered_map<std::uint64_t, std::size_t> column_places_;
  std::vector<ValueColumn> values_;
  std::unordered_map<RecordId, std::size_t, BlockHash> last_;
  std::size_t estimate_ = 0, total_ = 0;
  Bytes scratch_;
};

bool names_one_twice(std::vector<ChangeId> ids) {
  std::sort(ids.begin(), ids.end());
  return std::adjacent_find(ids.begin(), ids.end()) != ids.end();
}

}  // namespace

Result<OpenedBody> decode_columns(ByteView body, const BodyContext& context) {
  if (body.size() > kBatchOpenedBytesMax) return {Errc::too_large, "body passes 4 MiB"};
  Result<OpenedBody> opened = BodyReader(body, context).read();
  if (!opened) return opened;
  if (names_one_twice(opened->ids)) return {Errc::malformed, "a change stands twice"};
  // Many layouts could spell the same changes; only one of them is a body.
  if (!std::ranges::equal(lay_out_columns(opened->changes, opened->ids, opened->salt), body))
    return {Errc::malformed, "not canonical"};
  return opened;
}

}  // namespace jiyao
