// From a response to what became of a question.
#pragma once

#include "dns/packet.hpp"
#include "dns/question.hpp"

namespace dkimctl::dns {

/// What a response that belongs to the question says. A truncated one (TC) is the caller's to ask again by
/// TCP.
///
/// A response that is neither an answer nor authoritative is a referral where its authority section names
/// servers of a zone at or above the name and below the root, else the server is lame (RFC 1034
/// section 4.3.2, RFC 8499 "lame delegation"). Which zone that is, and whether it is one below, is for
/// whoever asked to tell.
Answer answer_of(Response response, const Question& question);

}  // namespace dkimctl::dns
