# same_as_perl.pl COMMAND...
#
# COMMAND is key_verdicts with its arguments. Each text it has judged is given to the Perl module that amavisd reads
# its keys with: both must accept the same, with the same bits and the same public key.
use strict;
use warnings;
use MIME::Base64 qw(decode_base64);

eval { require Crypt::OpenSSL::RSA; 1 }
  or do { print "skipped: Crypt::OpenSSL::RSA is not installed\n"; exit 125 };

open(my $ours, '-|', @ARGV) or die "cannot run $ARGV[0]: $!\n";
my ($texts, $accepted, $differing) = (0, 0, 0);
while (my $line = <$ours>) {
    chomp $line;
    my ($name, $pem, @verdict) = split /\t/, $line;
    my $verdict = join ' ', @verdict;
    my $key     = eval { Crypt::OpenSSL::RSA->new_private_key(decode_base64($pem)) };
    my $perl    = 'refused';
    if ($key) {
        my $spki = $key->get_public_key_x509_string;
        $spki =~ s/-----[^-]+-----|\s//g;
        $perl = 8 * $key->size . " $spki";
        $accepted++;
    }
    $texts++;
    next if $perl eq $verdict;
    $differing++;
    print "$name\n  perl: $perl\n  ours: $verdict\n", decode_base64($pem), "\n";
}
close $ours or die "$ARGV[0] failed\n";
print "$texts texts, of which Perl accepts $accepted; $differing judged differently\n";
exit($differing || $accepted < 10 || $texts - $accepted < 10 ? 1 : 0);
