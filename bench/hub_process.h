// bench/hub_process.h - the hub as it is delivered: the program jiyao-server, made for one realm.
#pragma once

#include <memory>

#include "bench/measure.h"
#include "client/hub_link.h"
#include "schema/papers.h"

namespace jiyao {

class HubProcess {
 public:
  /// Makes the hub's folder; what the roster has to say of it is record().
  HubProcess(const Path& folder, const std::string& program);

  const HubRecord& record() const { return record_; }
  /// Serves from now on; `roster`: every record of the realm.
  void serve(const std::vector<Bytes>& roster);
  HubAt at() const;
  Server& server() const { return *server_; }
  double disk_mb() const;

 private:
  Path folder_;
  std::string program_;
  HubRecord record_;
  std::unique_ptr<Server> server_;
};

}  // namespace jiyao
