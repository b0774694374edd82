// tests/exhaustive/explorer.cpp - the moves, and what must hold from every state.
#include "exhaustive/explorer.h"

#include <algorithm>

namespace jiyao::exhaustive {
namespace {

constexpr std::size_t kNobody = ~std::size_t{0};

/// "A talks to B".
std::string said(std::size_t who, const char* what, std::size_t whom = kNobody) {
  std::string text;
  text += static_cast<char>('A' + who);
  text += ' ';
  text += what;
  if (whom == kNobody) return text;
  text += ' ';
  text += static_cast<char>('A' + whom);
  return text;
}

void put(std::string& key, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) key += static_cast<char>(number >> shift);
}

/// Sorted before: the same changes are the same state, whoever wrote first.
void put(std::string& key, const std::vector<ChangeNo>& changes) {
  key += static_cast<char>(changes.size());
  for (const ChangeNo one : changes) put(key, one);
}

void insert(std::vector<ChangeNo>& sorted, ChangeNo change) {
  sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), change), change);
}

bool contains(const std::vector<ChangeNo>& sorted, ChangeNo change) {
  return std::binary_search(sorted.begin(), sorted.end(), change);
}

}  // namespace

std::string Explorer::key_of(const State& state) {
  std::string key;
  for (const Replica& one : state.replicas) {
    key += static_cast<char>(one.place * 16 + one.life);
    key += static_cast<char>(one.now.next);
    put(key, one.now.held);
    put(key, one.now.desk);
    put(key, one.backup ? one.backup->held + 1 : 0);
    put(key, one.backup ? one.backup->desk * 256U + one.backup->next : 0);
  }
  put(key, state.told);
  put(key, state.excused);
  for (const std::uint8_t lives : state.lives) key += static_cast<char>(lives);
  put(key, state.late ? state.late->to * 65536U + state.late->message + 1 : 0);
  for (const std::uint8_t left : {state.changes, state.mishaps, state.restores, state.clones})
    key += static_cast<char>(left);
  return key;
}

Explored Explorer::run() {
  State first;
  for (std::uint8_t place = 0; place < kPlaces; ++place) {
    first.replicas.push_back({});
    first.replicas.back().place = place;
    first.lives[place] = 1;
  }
  go(std::move(first), "begin");
  return explored_;
}

void Explorer::fail(const std::string& what) {
  explored_.failure = what + ", after:";
  for (const std::string& move : path_) explored_.failure += "\n  " + move;
}

void Explorer::go(State next, std::string move) {
  ++explored_.moves;
  if (!explored_.failure.empty()) return;
  if (explored_.states >= bounds_.states_max) {
    explored_.is_complete = false;
    return;
  }
  if (!seen_.insert(key_of(next)).second) {
    ++explored_.pruned;
    return;
  }
  ++explored_.states;
  path_.push_back(std::move(move));
  visit(next);
  path_.pop_back();
}

void Explorer::visit(const State& state) {
  check_heals(state);
  if (!explored_.failure.empty()) return;
  let_write(state);
  let_talk(state);
  let_break(state);
}

void Explorer::let_write(const State& state) {
  if (state.changes == bounds_.changes) return;
  // The machines are alike: who writes first is called A.
  const std::size_t writers = state.changes == 0 ? 1 : state.replicas.size();
  for (std::size_t i = 0; i < writers; ++i) {
    State next = state;
    Replica& who = next.replicas[i];
    const ChangeNo change =
        stock_.write(who.place, who.life, who.now.next, who.now.held, who.now.desk);
    who.now.desk = stock_.put(who.now.desk, change);
    ++who.now.next;
    ++next.changes;
    insert(next.told, change);
    go(std::move(next), said(i, "writes"));
  }
}

void Explorer::seal(Replica& replica) {
  replica.now.held = stock_.seal(replica.place, replica.life, replica.now.held, replica.now.desk);
  replica.now.desk = stock_.empty_desk();
}

void Explorer::let_talk(const State& state) {
  const auto talk = [&](std::size_t i, std::size_t j, Luck luck) {
    State next = state;
    Replica& caller = next.replicas[i];
    Replica& answerer = next.replicas[j];
    seal(caller);
    const Stock::Met met =
        stock_.meet(caller.place, caller.now.held, answerer.place, answerer.now.held, luck);
    caller.now.held = met.caller;
    answerer.now.held = met.answerer;
    if (luck != Luck::whole) ++next.mishaps;
    go(std::move(next), said(i, name_of(luck), j));
  };
  for (std::size_t i = 0; i < state.replicas.size(); ++i)
    for (std::size_t j = 0; j < state.replicas.size(); ++j) {
      if (i == j) continue;
      talk(i, j, Luck::whole);
      if (state.mishaps == bounds_.mishaps) continue;
      for (const Luck luck : kMishaps) talk(i, j, luck);
      if (state.late) continue;
      State next = state;
      Replica& caller = next.replicas[i];
      seal(caller);
      const std::optional<Message> message = stock_.on_the_way(
          caller.place, caller.now.held, next.replicas[j].place, next.replicas[j].now.held);
      if (!message) continue;
      next.late = Late{static_cast<std::uint8_t>(j), *message};
      ++next.mishaps;
      go(std::move(next), said(i, "sends something that is late to", j));
    }
  if (!state.late) return;
  State next = state;
  Replica& to = next.replicas[state.late->to];
  to.now.held = stock_.arrives(to.place, to.now.held, state.late->message);
  next.late.reset();
  go(std::move(next), said(state.late->to, "hears the late message"));
}

void Explorer::begin_new_life(State& state, Replica& replica) {
  replica.life = state.lives[replica.place]++;
  replica.now.next = 1;
}

std::set<ChangeNo> Explorer::held_anywhere(const State& state) const {
  std::set<ChangeNo> all;
  for (const Replica& one : state.replicas) {
    all.merge(stock_.changes_in(one.now.held));
    const std::set<ChangeNo>& desk = stock_.on(one.now.desk);
    all.insert(desk.begin(), desk.end());
  }
  return all;
}

// A copy of the folder is made, put back, or run beside its original.
void Explorer::let_break(const State& state) {
  for (std::size_t i = 0; i < state.replicas.size(); ++i) {
    const Replica& one = state.replicas[i];
    const bool has_backup =
        std::any_of(state.replicas.begin(), state.replicas.end(),
                    [](const Replica& other) { return other.backup.has_value(); });
    if (state.restores < bounds_.restores && !has_backup) {
      State next = state;
      next.replicas[i].backup = one.now;
      go(std::move(next), said(i, "is backed up"));
    }
    if (state.restores < bounds_.restores && one.backup && *one.backup != one.now) {
      State next = state;
      const std::set<ChangeNo> before = held_anywhere(state);
      next.replicas[i].now = *one.backup;
      if (!bounds_.is_life_kept) begin_new_life(next, next.replicas[i]);
      ++next.restores;
      const std::set<ChangeNo> after = held_anywhere(next);
      for (const ChangeNo change : before)
        if (!after.contains(change)) insert(next.excused, change);
      go(std::move(next), said(i, "is restored"));
    }
    if (state.clones < bounds_.clones && state.changes > 0) {
      State next = state;
      next.replicas.push_back(one);
      begin_new_life(next, next.replicas.back());
      next.replicas.back().backup.reset();
      ++next.clones;
      const std::size_t twin = next.replicas.size() - 1;
      go(std::move(next), said(i, "is cloned to", twin));
    }
  }
}

// All links are up: everybody talks to everybody until nothing moves, and then all hold the same,
// with everything in it that anybody was told and that was not put back.
void Explorer::check_heals(const State& state) {
  std::string key;
  for (const Replica& one : state.replicas) {
    key += static_cast<char>(one.place * 16 + one.life);
    put(key, one.now.held);
    put(key, one.now.desk);
  }
  put(key, state.told);
  put(key, state.excused);
  if (!healed_.insert(key).second) return;
  ++explored_.healed;
  State healed = state;
  for (Replica& one : healed.replicas) seal(one);
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < healed.replicas.size(); ++i)
      for (std::size_t j = i + 1; j < healed.replicas.size(); ++j) {
        Replica& caller = healed.replicas[i];
        Replica& answerer = healed.replicas[j];
        const Stock::Met met = stock_.meet(caller.place, caller.now.held, answerer.place,
                                           answerer.now.held, Luck::whole);
        caller.now.held = met.caller;
        answerer.now.held = met.answerer;
      }
  const Holding all = healed.replicas.front().now.held;
  for (std::size_t i = 0; i < healed.replicas.size(); ++i)
    if (healed.replicas[i].now.held != all)
      return fail(said(i, "does not hold what A holds once all have talked: P3"));
  const std::set<ChangeNo> held = stock_.changes_in(all);
  for (const ChangeNo change : state.told)
    if (!held.contains(change) && !contains(state.excused, change))
      return fail("P10: an acknowledged change is gone");
  if (!stock_.fault_in(all).empty()) fail(stock_.fault_in(all));
}

}  // namespace jiyao::exhaustive
