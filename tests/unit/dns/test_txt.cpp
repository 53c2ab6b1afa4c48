#include "dns/txt.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

using dkimctl::dns::quote;
using dkimctl::dns::split_txt;
using namespace std::string_literals;

namespace {

std::vector<std::size_t> sizes(const std::vector<std::string>& strings)
{
  std::vector<std::size_t> out;
  std::ranges::transform(strings, std::back_inserter(out), &std::string::size);
  return out;
}

}  // namespace

TEST_SUITE_BEGIN("dns::Txt");

TEST_CASE("a value is cut into strings of at most 255 octets, and put together again")
{
  std::string value(511, 'x');
  std::iota(value.begin(), value.end(), '\0');
  using Sizes = std::vector<std::size_t>;
  CHECK(sizes(split_txt("").strings) == Sizes{0});
  CHECK(sizes(split_txt("x").strings) == Sizes{1});
  CHECK(sizes(split_txt(value.substr(0, 255)).strings) == Sizes{255});
  CHECK(sizes(split_txt(value.substr(0, 256)).strings) == Sizes{255, 1});
  CHECK(sizes(split_txt(value.substr(0, 510)).strings) == Sizes{255, 255});
  CHECK(sizes(split_txt(value).strings) == Sizes{255, 255, 1});
  CHECK(split_txt(value).value() == value);
  CHECK(split_txt("").value().empty());
}

TEST_CASE("quote: printable ASCII stands for itself, save the quote and the backslash")
{
  CHECK(quote("") == "\"\"");
  CHECK(quote("v=DKIM1; n=it's ~free!") == "\"v=DKIM1; n=it's ~free!\"");
  CHECK(quote("a\"b\\c") == R"("a\"b\\c")");
  CHECK(quote("\0\t\n\x1f\x7f\x80\xff"s) == R"("\000\009\010\031\127\128\255")");
  CHECK(quote("\\001") == "\"\\\\001\"");
}

TEST_SUITE_END();
