// Signs and verifies what it is told to on standard input, a job a line, its words separated by tabs:
//
//     sign KEYFILE DOMAIN SELECTOR HEADER BODY MESSAGE     prints the field with \n for each line end
//     verify P MESSAGE                                     with the key of that base64; prints "pass" or why
//     not
//
// HEADER and BODY are canonicalizations, MESSAGE is a file whose first field is the signature to verify.
#include "crypto/base64.hpp"
#include "dkim/signature.hpp"

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

}  // namespace

int main()
{
  for (std::string line; std::getline(std::cin, line);) {
    std::vector<std::string> words;
    std::istringstream rest(line);
    for (std::string word; std::getline(rest, word, '\t');) {
      words.push_back(word);
    }
    std::cout << (words.at(0) == "sign" ? sign(words) : verify(words)) << '\n';
  }
}
