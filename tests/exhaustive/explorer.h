// tests/exhaustive/explorer.h - every order in which a few machines can write, talk, crash, be put
// back and be copied; depth first, equal states once.
#pragma once

#include <string>
#include <unordered_set>

#include "exhaustive/stock.h"

namespace jiyao::exhaustive {

struct Bounds {
  unsigned changes = 4;
  unsigned mishaps = 1;   ///< conversations that go wrong, late messages
  unsigned restores = 1;  ///< of the one copy that somebody made at any time before
  unsigned clones = 1;
  std::size_t states_max = ~std::size_t{0};
  bool is_life_kept = false;  ///< a bug: who is put back goes on numbering as before
};

struct Explored {
  std::size_t states = 0, moves = 0, healed = 0, pruned = 0;
  bool is_complete = true;  ///< false: states_max ended it
  std::string failure;      ///< empty, or what is wrong and the moves that led there
};

class Explorer {
 public:
  explicit Explorer(Bounds bounds) : bounds_(bounds) {}
  Explored run();

 private:
  struct Copy {
    Holding held = 0;
    Desk desk = 0;
    std::uint8_t next = 1;  ///< number of its next change in this life
    friend bool operator==(const Copy&, const Copy&) = default;
  };
  struct Replica {
    std::uint8_t place = 0, life = 0;
    Copy now;
    std::optional<Copy> backup;
  };
  struct Late {
    std::uint8_t to = 0;
    Message message = 0;
  };
  struct State {
    std::vector<Replica> replicas;
    std::vector<ChangeNo> told;     ///< acknowledged to a clerk
    std::vector<ChangeNo> excused;  ///< the only copy was put back to an older one
    std::array<std::uint8_t, kPlaces> lives{};
    std::optional<Late> late;
    std::uint8_t changes = 0, mishaps = 0, restores = 0, clones = 0;
  };

  void visit(const State& state);
  void go(State next, std::string move);
  void let_write(const State& state);
  void let_talk(const State& state);
  void let_break(const State& state);
  static void begin_new_life(State& state, Replica& replica);
  std::set<ChangeNo> held_anywhere(const State& state) const;
  void seal(Replica& replica);
  void check_heals(const State& state);
  void fail(const std::string& what);
  static std::string key_of(const State& state);

  Bounds bounds_;
  Stock stock_;
  Explored explored_;
  std::unordered_set<std::string> seen_;
  std::set<std::string> healed_;  ///< what was held and told: healed once
  std::vector<std::string> path_;
};

}  // namespace jiyao::exhaustive
