// tests/contract/carrier.h - the seam of the contract suite: what carries, and what keeps.
//
// Every carrier kind is tried with every log kind. A floor above adds its own by linking one more
// source file that calls enlist() from a static object; nothing here names it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "support/small_realm.h"
#include "sync/exchange.h"

namespace jiyao {

/// One log and whose it is, as a carrier meets it.
struct Seat {
  BatchLog& log;
  Machine machine;  ///< the answerer has one too: the archive's; an HTTP hub need not use it
  Digest root;
  RosterGate* gate = nullptr;
};

/// What may go wrong on the way. Each is asked before a message is delivered.
struct Weather {
  virtual ~Weather() = default;
  /// How many bytes of a message of `size` arrive: `size` all, 0 none.
  virtual std::size_t arriving(std::size_t size) { return size; }
  virtual bool repeats() { return false; }  ///< delivered twice
};

struct Travelled {
  int round_trips = 0;  ///< messages to the answerer that were sent; for media: bundles there
  std::size_t bytes_out = 0, bytes_back = 0;
  bool is_settled = false;       ///< as the caller saw it last
  Heard by_caller, by_answerer;  ///< summed
};

class Carrier {
 public:
  virtual ~Carrier() = default;
  /// One meeting: as many messages each way as help, none of more than about `bytes_max`.
  virtual Travelled meet(Seat& caller, Seat& answerer, const Route& route, std::size_t bytes_max,
                         Weather& weather) = 0;
  virtual bool keeps_hints() const { return false; }  ///< a second meeting costs less
};

struct CarrierKind {
  std::string name;
  RouteKind route = RouteKind::network;
  std::function<std::unique_ptr<Carrier>()> make;
};

struct LogKind {
  std::string name;
  /// A new, empty log of `machine`; it lives in memory or in a folder of its own.
  std::function<std::unique_ptr<BatchLog>(const Machine& machine)> make;
};

std::vector<CarrierKind>& carrier_kinds();
std::vector<LogKind>& log_kinds();
inline bool enlist(CarrierKind kind) {
  carrier_kinds().push_back(std::move(kind));
  return true;
}
inline bool enlist(LogKind kind) {
  log_kinds().push_back(std::move(kind));
  return true;
}

/// Adds what one hearing counted to a sum.
void add_up(Heard& sum, const Heard& heard);

}  // namespace jiyao
