# Signs and verifies with Mail::DKIM what it is told to on standard input, in the words of signatures.cpp, but that verify
# takes a whole key record.
use strict;
use warnings;

use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;

{
  package Answer;    # what Mail::DKIM asks of a record of Net::DNS
  sub new { my ($class, $text) = @_; bless \$text, $class }
  sub txtdata { ${$_[0]} }
  sub char_str_list { ${$_[0]} }
  sub type { 'TXT' }
}
my $record;
{
  no warnings 'redefine';
  *Mail::DKIM::DNS::query = sub { Answer->new($record) };
  *Mail::DKIM::DNS::query_async = sub { my ($d, $t, %p) = @_; my @r = Answer->new($record); sub { $p{Callbacks}{Success}->(@r) } };
}

sub message {
  open(my $in, '<:raw', $_[0]) or die "$_[0]: $!\n";
  local $/;
  return scalar <$in>;
}

$| = 1;
while (my $line = <STDIN>) {
  chomp $line;
  my ($what, @words) = split /\t/, $line;
  if ($what eq 'sign') {
    my ($key, $domain, $selector, $header, $body, $file) = @words;
    my $signer = Mail::DKIM::Signer->new(Algorithm => 'rsa-sha256', Method => "$header/$body", Domain => $domain,
                                         Selector => $selector, KeyFile => $key);
    $signer->PRINT(message($file));
    $signer->CLOSE;
    my $field = $signer->signature->as_string;
    $field =~ s/\r?\n/\\n/g;
    print "$field\n";
  } else {
    ($record, my $file) = @words;
    $record = pack('H*', substr($record, 4)) if $record =~ /^hex:/;
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT(message($file));
    $verifier->CLOSE;
    print $verifier->result_detail, "\n";
  }
}
