// server/options.cpp - reading the command line of jiyao-server.
#include "server/options.h"

#include <set>

namespace jiyao {

namespace {

const std::map<std::string, std::set<std::string>>& verbs() {
  static const std::map<std::string, std::set<std::string>> known = {
      {"init", {"data", "address", "realm", "lang"}},
      {"serve", {"data", "listen", "lang"}},
      {"backup", {"data", "to", "lang"}},
      {"restore", {"data", "from", "lang"}},
      {"verify", {"data", "lang"}},
  };
  return known;
}

}  // namespace

Result<ServerOptions> ServerOptions::parse(std::span<const char* const> words) {
  if (words.size() < 2) return {Errc::usage, ""};
  ServerOptions options;
  options.verb = words[1];
  const auto verb = verbs().find(options.verb);
  if (verb == verbs().end()) return {Errc::usage, options.verb};
  for (std::size_t i = 2; i < words.size(); i += 2) {
    const std::string word = words[i];
    const std::string name = word.rfind("--", 0) == 0 ? word.substr(2) : "";
    const bool is_known = verb->second.contains(name);
    if (!is_known || i + 1 >= words.size() || options.has(name)) return {Errc::usage, word};
    options.values[name] = words[i + 1];
  }
  if (options.get("data").empty()) return {Errc::usage, "--data"};
  return options;
}

std::string_view server_help() {
  return "jiyao-server 机要中心 (hub of a Jiyao realm)\n"
         "\n"
         "  jiyao-server init --data 目录 --address https://主机:端口\n"
         "        新建中心: 密钥、证书、空库; 生成 目录/hub.card 交档案馆 (new hub; hand hub.card "
         "to the archive)\n"
         "  jiyao-server init --data 目录 --realm 文件\n"
         "        加入档案馆建立的域 (take the realm file that `jiyao init` wrote)\n"
         "  jiyao-server serve --data 目录 [--listen 主机:端口]\n"
         "        提供服务, 直到 SIGTERM (serve until SIGTERM; GET /healthz, /metrics)\n"
         "  jiyao-server backup --data 目录 --to 文件      备份 (an encrypted copy; stop the hub "
         "first)\n"
         "  jiyao-server restore --data 目录 --from 文件   恢复 (put a copy back)\n"
         "  jiyao-server verify --data 目录                核验每一页、每一批 (check every page "
         "and batch)\n"
         "\n"
         "  --lang zh|en   语言 (language)\n";
}

}  // namespace jiyao
