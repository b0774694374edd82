// schema/columns.cpp - changes laid out column by column.
#include "schema/columns.h"

#include <map>
#include <unordered_map>

#include "schema/columns_layout.h"

namespace jiyao {

namespace {

struct TextHash {
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// One code a change; returns the new values in the order they were first seen.
template <class Value, class Hash, class Get>
std::vector<Value> put_codes(WireWriter& out, std::span<const Change> changes, Get get) {
  std::vector<Value> values;
  std::unordered_map<Value, std::size_t, Hash> places;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Value value = get(changes[i]);
    if (i > 0 && value == get(changes[i - 1])) {
      out.varint(kSameAsBefore);
      continue;
    }
    const auto [place, is_new] = places.try_emplace(value, values.size());
    out.varint(is_new ? kNewValue : kEarlierValue + place->second);
    if (is_new) values.push_back(value);
  }
  return values;
}

// Ids byte by byte (all first bytes, all second bytes, ...): time-ordered ids share their first.
template <class B, class Get>
void put_id_column(WireWriter& out, std::span<const Change> changes, Get get) {
  const std::vector<B> ids = put_codes<B, BlockHash>(out, changes, get);
  for (std::size_t i = 0; i < B::kBytes; ++i)
    for (const B& id : ids) out.u8(id.bytes[i]);
}

template <class Get>
void put_text_column(WireWriter& out, std::span<const Change> changes, Get get) {
  for (const std::string_view text : put_codes<std::string_view, TextHash>(out, changes, get)) {
    out.varint(text.size());
    out.raw(as_bytes(text));
  }
}

template <class Get>
void put_number_column(WireWriter& out, std::span<const Change> changes, std::uint64_t step,
                       Get get) {
  std::uint64_t expected = 0;
  for (const Change& change : changes) {
    const std::uint64_t number = get(change);
    out.zigzag(number - expected);
    expected = number + step;
  }
}

void put_parents(WireWriter& out, std::span<const Change> changes, std::span<const ChangeId> ids) {
  for (const Change& change : changes) out.varint(change.parents.size());
  std::unordered_map<RecordId, std::size_t, BlockHash> last;
  std::vector<const ChangeId*> named;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto [place, is_first] = last.try_emplace(changes[i].record, i);
    for (const ChangeId& parent : changes[i].parents) {
      const bool is_before = !is_first && ids[place->second] == parent;
      out.u8(is_before ? kParentBefore : kParentNamed);
      if (!is_before) named.push_back(&parent);
    }
    place->second = i;
  }
  for (const ChangeId* parent : named) out.raw(parent->view());
}

void put_settles(WireWriter& out, std::span<const Change> changes) {
  for (const Change& change : changes) out.varint(change.settles.size());
  for (const Change& change : changes)
    for (const ChangeId& id : change.settles) out.raw(id.view());
}

void put_persons(WireWriter& out, std::span<const Change> changes) {
  for (const Change& change : changes) out.u8(change.person ? 1 : 0);
  for (const Change& change : changes)
    if (change.person) out.raw(change.person->view());
}

// Which groups a change writes (its shape), and each (ledger, group)'s values side by side.
class ValueColumns {
 public:
  void add(const Change& change) {
    if (last_ == nullptr || !is_same_shape(change, *last_)) shape_ = shape_of(change);
    last_ = &change;
    shape_by_change_.push_back(shape_);
    for (std::size_t i = 0; i < change.writes.size(); ++i)
      values_[shapes_[shape_].columns[i]].push_back(&change.writes[i].value);
  }

  void put(WireWriter& out) const {
    out.varint(groups_.size());
    for (const std::string_view group : groups_) {
      out.varint(group.size());
      out.raw(as_bytes(group));
    }
    out.varint(shapes_.size());
    for (const Shape& shape : shapes_) {
      out.varint(shape.groups.size());
      for (const std::size_t group : shape.groups) out.varint(group);
    }
    for (const std::size_t shape : shape_by_change_) out.varint(shape);
    for (const std::vector<const std::string*>& column : values_) {
      for (const std::string* value : column) out.varint(value->size());
      for (const std::string* value : column) out.raw(as_bytes(*value));
    }
  }

 private:
  struct Shape {
    std::vector<std::size_t> groups;   // in groups_
    std::vector<std::size_t> columns;  // in values_
  };

  static bool is_same_shape(const Change& a, const Change& b) {
    return a.ledger == b.ledger &&
           std::equal(a.writes.begin(), a.writes.end(), b.writes.begin(), b.writes.end(),
                      [](const Write& x, const Write& y) { return x.group == y.group; });
  }

  std::size_t shape_of(const Change& change) {
    std::vector<std::size_t> groups;
    for (const Write& write : change.writes) {
      const auto [place, is_new] = group_places_.try_emplace(write.group, groups_.size());
      if (is_new) groups_.push_back(write.group);
      groups.push_back(place->second);
    }
    const auto key = std::pair(std::string_view(change.ledger), groups);
    const auto [place, is_new] = shape_places_.try_emplace(key, shapes_.size());
    if (!is_new) return place->second;
    Shape& shape = shapes_.emplace_back();
    for (const std::size_t group : groups) {
      const auto column_key = std::pair(std::string_view(change.ledger), group);
      const auto [column, is_new_column] = column_places_.try_emplace(column_key, values_.size());
      if (is_new_column) values_.emplace_back();
      shape.columns.push_back(column->second);
    }
    shape.groups = std::move(groups);
    return place->second;
  }

  const Change* last_ = nullptr;
  std::size_t shape_ = 0;
  std::vector<std::string_view> groups_;
  std::map<std::string_view, std::size_t> group_places_;
  std::vector<Shape> shapes_;
  std::map<std::pair<std::string_view, std::vector<std::size_t>>, std::size_t> shape_places_;
  std::map<std::pair<std::string_view, std::size_t>, std::size_t> column_places_;
  std::vector<std::vector<const std::string*>> values_;
  std::vector<std::size_t> shape_by_change_;
};

// A batch that others could not open must never be sealed.
void assert_fit(std::span<const Change> changes) {
  JIYAO_ASSERT(!changes.empty() && changes.size() <= kBatchChangesMax);
  std::size_t total = 0;
  for (const Change& change : changes) {
    JIYAO_ASSERT(change.realm == changes[0].realm && change.compartment == changes[0].compartment);
    JIYAO_ASSERT(check_shape(change));
    total += canonical_bytes(change);
  }
  JIYAO_ASSERT(total <= kBatchOpenedBytesMax);
}

}  // namespace

Bytes lay_out_columns(std::span<const Change> changes, std::span<const ChangeId> ids,
                      const BodySalt& salt) {
  Bytes body;
  body.reserve(256 * changes.size());
  WireWriter out(body);
  put_preamble(out, kColumnsPreamble);
  out.raw(salt.view());
  out.u16(static_cast<std::uint16_t>(changes.size()));
  for (const Change& change : changes) out.u8(static_cast<std::uint8_t>(change.kind));
  put_text_column(out, changes, [](const Change& c) { return std::string_view(c.ledger); });
  put_id_column<NodeId>(out, changes, [](const Change& c) { return c.origin.node; });
  put_id_column<IncarnationId>(out, changes, [](const Change& c) { return c.origin.incarnation; });
  put_number_column(out, changes, 1, [](const Change& c) { return c.origin.n; });
  put_id_column<ActId>(out, changes, [](const Change& c) { return c.act; });
  put_id_column<RecordId>(out, changes, [](const Change& c) { return c.record; });
  put_id_column<UserId>(out, changes, [](const Change& c) { return c.actor; });
  put_number_column(out, changes, 0, [](const Change& c) { return std::uint64_t{c.ruleset}; });
  put_number_column(out, changes, 0, [](const Change& c) { return c.hlc; });
  put_text_column(out, changes, [](const Change& c) { return std::string_view(c.reason); });
  put_parents(out, changes, ids);
  put_settles(out, changes);
  ValueColumns values;
  for (const Change& change : changes) values.add(change);
  values.put(out);
  put_persons(out, changes);
  return body;
}

Bytes encode_columns(std::span<const Change> changes, std::span<const ChangeId> ids,
                     const BodySalt& salt) {
  assert_fit(changes);
  JIYAO_ASSERT(ids.size() == changes.size());
  return lay_out_columns(changes, ids, salt);
}

Bytes encode_columns(std::span<const Change> changes, const BodySalt& salt) {
  Bytes scratch;
  std::vector<ChangeId> ids;
  ids.reserve(changes.size());
  for (const Change& change : changes) ids.push_back(id_of(change, scratch));
  return encode_columns(changes, ids, salt);
}

Digest content_root(const BodySalt& salt, std::span<const ChangeId> ids) {
  Hasher hash(Label::content_root);
  hash.add(salt.view());
  for (const ChangeId& id : ids) hash.add(id.view());
  return hash.finish();
}

}  // namespace jiyao
