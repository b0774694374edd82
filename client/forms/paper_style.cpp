// client/forms/paper_style.cpp - one style sheet for all forms (GB/T 9704 names the fonts).
#include "client/forms/paper_style.h"

namespace jiyao {

namespace {

// Nothing is loaded from anywhere: the policy says so, whatever a title may hold.
constexpr const char* kStyle = R"css(
*{box-sizing:border-box}
html,body{margin:0;padding:0;color:#000}
body{font:10.5pt/5.4mm "仿宋_GB2312","FangSong_GB2312","仿宋","FangSong","STFangsong","华文仿宋",
"FZFangSong-Z02","Noto Serif CJK SC","Source Han Serif SC","Songti SC","SimSun",serif}
section{position:relative;overflow-wrap:anywhere;padding:15mm;page-break-after:always;
break-after:page}
section:last-of-type{page-break-after:auto;break-after:auto}
header{height:21mm}
.mark{position:absolute;top:9mm;left:15mm;font:bold 14pt/7mm "黑体","SimHei","STHeiti",
"Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif}
h1{margin:0;text-align:center;font:normal 22pt/13mm "方正小标宋_GBK","方正小标宋简体",
"FZXiaoBiaoSong-B05S","FZXiaoBiaoSong-B05","小标宋","华文中宋","STZhongsong","Noto Serif CJK SC",
"Source Han Serif SC","SimSun",serif}
.under{display:flex;justify-content:space-between;height:7mm}
table{border-collapse:collapse;table-layout:fixed;width:100%}
th,td{border:.3mm solid #000;padding:1mm;text-align:left;vertical-align:middle;
overflow-wrap:anywhere;word-break:break-all;font-size:10.5pt;line-height:5.4mm}
th{font-weight:normal;text-align:center;font-family:"黑体","SimHei","STHeiti","Noto Sans CJK SC",
"WenQuanYi Zen Hei",sans-serif}
table+table.boxes,.boxes+table{margin-top:-.3mm}
.caption{height:8mm;padding-top:2mm;font-family:"楷体_GB2312","KaiTi_GB2312","楷体","KaiTi",
"STKaiti","Noto Serif CJK SC",serif}
tr.void td{text-decoration:line-through}
tr.void td:last-child{text-decoration:none}
td.tall{vertical-align:top}
tr.totals td{font-weight:bold}
.signs{display:flex;justify-content:space-between;height:14mm;padding-top:6mm}
.signs i{display:inline-block;width:26mm;border-bottom:.2mm solid #000}
footer{position:absolute;left:15mm;right:15mm;bottom:8mm;display:flex;
justify-content:space-between;font-size:9pt}
@media screen{body{background:#888}section{background:#fff;margin:6mm auto}}
)css";

}  // namespace

std::string paper_head(const std::string& title, bool is_landscape) {
  const std::string wide = is_landscape ? "297mm" : "210mm";
  const std::string high = is_landscape ? "210mm" : "297mm";
  return "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
         "<meta http-equiv=\"Content-Security-Policy\" "
         "content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>" +
         title + "</title><style>@page{size:" + wide + " " + high +
         ";margin:0}\nsection{width:" + wide + ";min-height:" + high + "}" + kStyle +
         "</style></head><body>\n";
}

}  // namespace jiyao
