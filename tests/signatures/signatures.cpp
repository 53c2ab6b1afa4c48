// Does what it is told to on standard input, a job a line, its words separated by tabs:
//
//     sign KEYFILE DOMAIN SELECTOR HEADER BODY MESSAGE   prints the field with \n for each line end
//     verify P MESSAGE                                   with that key: prints "pass" or why not
//     diagnose P STRING...                               a record of these strings, in hexadecimal, where P
//                                                        should be: prints "pass" or "fail", and the codes
//
// HEADER and BODY are canonicalizations, P is base64, MESSAGE is a file; its first field is the signature.
#include "crypto/base64.hpp"
#include "dkim/signature.hpp"
#include "dkim/value_diagnosis.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

using namespace dkimctl;

namespace {

std::string read_file(const std::string& path)
{
  std::ifstream in(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

dkim::Canonicalization canonicalization(const std::string& word)
{
  return word == "simple" ? dkim::Canonicalization::simple : dkim::Canonicalization::relaxed;
}

std::string sign(const std::vector<std::string>& words)
{
  const auto key = crypto::SigningKey::read(read_file(words.at(1)));
  if (!key) {
    return key.error().what;
  }
  const std::string text = read_file(words.at(6));
  auto field = dkim::sign_message(
      dkim::split_message(text), *key,
      {words.at(2), words.at(3), canonicalization(words.at(4)), canonicalization(words.at(5))});
  if (!field) {
    return field.error().what;
  }
  std::string out;
  for (const char c : *field) {
    out += c == '\r' ? "" : c == '\n' ? "\\n" : std::string{c};
  }
  return out;
}

std::string verify(const std::vector<std::string>& words)
{
  const auto octets = crypto::decode_base64(words.at(1));
  const crypto::PublishedKey published = crypto::read_published(octets.value_or(""));
  if (!published.key) {
    return "no key";
  }
  const std::string text = read_file(words.at(2));
  const dkim::Message message = dkim::split_message(text);
  const auto verified = dkim::verify_message(message, message.fields.at(0), *published.key);
  return verified ? "pass" : verified.error().what;
}

std::string from_hex(const std::string& digits)
{
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return out;
}

std::string diagnose(const std::vector<std::string>& words)
{
  dns::Txt record;
  for (std::size_t i = 2; i < words.size(); ++i) {
    record.strings.push_back(from_hex(words[i]));
  }
  const auto diagnosis = dkim::diagnose_value(record, crypto::decode_base64(words.at(1)).value_or(""));
  std::string out = diagnosis.usable ? "pass" : "fail";
  for (const dkim::Remark& remark : diagnosis.remarks) {
    out += " " + std::string{remark.code->code};
  }
  return out;
}

std::string done(const std::vector<std::string>& words)
{
  const std::string& what = words.at(0);
  return what == "sign" ? sign(words) : what == "verify" ? verify(words) : diagnose(words);
}

}  // namespace

int main()
{
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::string> words;
    std::istringstream rest(line);
    for (std::string word; std::getline(rest, word, '\t');) {
      words.push_back(word);
    }
    std::cout << done(words) << '\n';
  }
}
