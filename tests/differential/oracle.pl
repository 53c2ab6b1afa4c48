#!/usr/bin/perl -T
# What Perl and the installed Amavis::Conf make of amavisd configurations, as JSON: the truth that the differential
# test holds dkimctl's own evaluator against. Start it through `oracle`, which confines it.
#
# usage: oracle.pl [--real-keys] FILE...     one configuration: the files, read in order
#        oracle.pl --batch                   one configuration a line of standard input, as JSON:
#                                            {"files":[...],"cwd":"/where","real_keys":false,
#                                             "mailname":"...\n","fqdn":"...\n"}; all but files may be left out
#
# Each configuration is evaluated by a child of its own and answered by one line:
#   files              those that amavisd counts as its configuration, in the order they were opened
#   ok, error          whether amavisd would take it, and Perl's own words where not
#   dkim_keys          every dkim_key call that succeeded, in order: file, line, domain, selector and key as given,
#                      options as a list of pairs; "domain_ascii", "selector_ascii": as amavisd keeps them
#   variables, changed the variables below, and the names of those that differ from their defaults
#   banks              every named policy bank, the fields below where they exist
#   events             what the files tried to run or to expand, each with its place; it was not run
#
# Values: a scalar is its string, undef null, arrays and hashes as such, a reference what it points to, a compiled
# regex {"$regex":"(?^:...)"}, another object or code {"$object":"Class"}, bytes that are not UTF-8 {"$bytes":"base64"}.
use strict;
use warnings;
no warnings 'uninitialized';

BEGIN {
  delete @ENV{qw(IFS CDPATH ENV BASH_ENV)};
  pop @INC if $INC[-1] eq '.';
}

use Encode ();
use JSON::PP ();
use MIME::Base64 ();
use Scalar::Util qw(blessed refaddr reftype);
use IO::File ();
use Amavis::Boot;
use Amavis::Conf qw(:platform);
use Amavis::Util;
use Amavis::Lookup;
use Amavis::Lookup::RE;
use Amavis::rfc2821_2822_Tools;

my @VARIABLES = qw(
  $mydomain $myhostname $MYHOME $daemon_user $daemon_group
  $enable_dkim_signing $dkim_signing_service @dkim_signature_options_bysender_maps
  @local_domains_maps @local_domains_acl %local_domains $local_domains_re @mynetworks
  $inet_socket_port $inet_socket_bind $unix_socketname @listen_sockets %interface_policy);
my @BANK_FIELDS = qw(
  enable_dkim_signing originating protocol dkim_signature_options_bysender_maps dkim_signing_service);
my $TIME_LIMIT = 10;    # seconds for one configuration

sub untaint { my ($text) = $_[0] =~ /^(.*)\z/s; $text }

my $scratch  = untaint($ENV{ORACLE_SCRATCH} // '/tmp');
my %answers  = (mailname => $ENV{ORACLE_MAILNAME}, fqdn => $ENV{ORACLE_FQDN});
my $taint    = substr($ENV{PATH}, 0, 0);    # tainted, as the output of a command is
my $json     = JSON::PP->new->canonical->utf8->allow_nonref;
my $real_keys = 0;

# What a configuration finds in %ENV. The last one is for tests: nothing but the oracle sets it, so that an
# evaluator which takes its own environment for amavisd's gives itself away.
my %environment = (PATH => '/usr/bin:/bin', HOME => '/nonexistent', DKIMCTL_TEST_DOMAIN => 'env.example.net');

our (@keys, @events);

# -- values in normal form

sub text {
  my ($value) = @_;
  my $bytes = "$value";
  if (utf8::is_utf8($bytes) && !utf8::downgrade($bytes, 1)) { return $bytes }
  my $copy = $bytes;
  local $@;    # this also runs while a file is being compiled
  my $decoded = eval { Encode::decode('UTF-8', $copy, Encode::FB_CROAK()) };
  defined $decoded ? $decoded : { '$bytes' => MIME::Base64::encode_base64($bytes, '') };
}

sub hash_key {
  my $key = text($_[0]);
  ref $key ? '$bytes:' . $key->{'$bytes'} : $key;
}

sub normal_hash {
  my ($hash, @above) = @_;
  +{ map { (hash_key($_) => normal($hash->{$_}, @above)) } keys %$hash };
}

sub normal {
  my ($value, @above) = @_;
  return undef if !defined $value;
  return text($value) if !ref $value;
  if (blessed $value) {
    return ref $value eq 'Regexp' ? { '$regex' => text($value) } : { '$object' => ref $value };
  }
  my $type = reftype $value;
  return { '$object' => $type } if $type !~ /^(?:ARRAY|HASH|SCALAR|REF|LVALUE|VSTRING)\z/;
  my $address = refaddr $value;
  return { '$object' => 'cycle' } if grep { $_ == $address } @above;
  push(@above, $address);
  return [map { normal($_, @above) } @$value] if $type eq 'ARRAY';
  return normal_hash($value, @above) if $type eq 'HASH';
  normal($$value, @above);
}

sub snapshot {
  no strict 'refs';
  my %now;
  for my $variable (@VARIABLES) {
    my ($sigil, $name) = $variable =~ /^(.)(\w+)\z/;
    $now{$variable} =
        $sigil eq '$' ? normal(${"Amavis::Conf::$name"})
      : $sigil eq '@' ? normal(\@{"Amavis::Conf::$name"})
      :                 normal(\%{"Amavis::Conf::$name"});
  }
  \%now;
}

sub banks {
  my %banks;
  for my $name (grep { $_ ne '' } keys %Amavis::Conf::policy_bank) {
    my $bank = $Amavis::Conf::policy_bank{$name};
    $banks{hash_key($name)} =
      ref $bank eq 'HASH'
      ? { map { ($_ => normal($bank->{$_})) } grep { exists $bank->{$_} } @BANK_FIELDS }
      : normal($bank);
  }
  \%banks;
}

# -- what stands in for the outside world

sub record {
  my ($what, $argument, $depth) = @_;
  my (undef, $file, $line) = caller(1 + ($depth // 0));
  push(@events, { what => $what, argument => text($argument // ''), file => text($file // ''), line => $line });
}

# The file that a key path is read from: any path will do, so that a test need not keep keys. Equal paths are
# equal files, as amavisd compares device and inode.
my %stub_of;
sub stand_in {
  my ($path) = @_;
  return $path if $real_keys || ref $path || !defined $path || $path eq '';
  return $stub_of{$path} //= do {
    my $stub = "$scratch/key-$$-" . keys %stub_of;
    my $file = IO::File->new($stub, ">") or die "$stub: $!";
    $file->close;
    $stub;
  };
}

sub answer {
  my ($command) = @_;
  return $answers{mailname} // "mailname.example.net\n" if $command eq 'head -n 1 /etc/mailname';
  return $answers{fqdn}     // "host.example.net\n"     if $command =~ /^hostname (?:--fqdn|-f)\z/;
  return "answer.example.net\n";
}

{
  no warnings qw(redefine once);
  my $real = \&Amavis::Conf::dkim_key;
  *Amavis::Conf::dkim_key = sub ($$$;@) {
    my (undef, $file, $line) = caller;
    my ($domain, $selector, $key, @options) = @_;
    my $stub = stand_in($key);
    my $before = @Amavis::Conf::dkim_signing_keys_list;
    my $result = eval { $real->($domain, $selector, $stub, @options) };
    if ((my $error = $@) ne '') {
      $error =~ s/\Q$stub\E/$key/g if defined $stub && !ref $stub && $stub ne '';
      die $error;
    }
    my $kept = $Amavis::Conf::dkim_signing_keys_list[$before];
    push(@keys, {
      file => text($file), line => $line, domain => normal($domain), selector => normal($selector),
      key => normal($key), options => [map { normal($_) } @options],
      domain_ascii => normal($kept->{domain}), selector_ascii => normal($kept->{selector}) });
    $result;
  };
  *CORE::GLOBAL::readpipe = sub (_) {
    my ($command) = @_;
    record('readpipe', $command);
    my $answer = answer($command) . $taint;
    wantarray ? split(/(?<=\n)/, $answer) : $answer;
  };
  *CORE::GLOBAL::system = sub { record('system', "@_"); $? = 0; 0 };
  *CORE::GLOBAL::exec   = sub { record('exec', "@_"); 0 };
  *CORE::GLOBAL::fork   = sub () { record('fork'); undef };
  *CORE::GLOBAL::unlink = sub { record('unlink', "@_"); 0 };
  *CORE::GLOBAL::glob   = sub {
    my ($pattern) = @_;
    record('glob', $pattern);
    map { my $name = $pattern; $name =~ s/\*/$_/; $name . $taint } qw(one two);
  };
}

# -- one configuration

sub evaluate {
  my ($request) = @_;
  my $default = snapshot();
  my (@warnings, $error);
  $answers{$_} = $request->{$_} // $answers{$_} for qw(mailname fqdn);
  %ENV = map { ($_ => $environment{$_} . $taint) } keys %environment;
  # The files are not root's here, and whose they are is not what is tested.
  $Amavis::Conf::i_know_what_i_am_doing{no_conf_file_writable_check} = 1;
  {
    local $SIG{__WARN__} = sub { push(@warnings, text($_[0])) };
    local $SIG{ALRM} = sub { die "time limit exceeded\n" };
    alarm($TIME_LIMIT);
    for my $file (map { untaint($_) } @{ $request->{files} }) {
      next if eval { Amavis::Conf::read_config_file($file, 0); 1 };
      $error = text($@);
      last;
    }
    alarm(0);
  }
  my $now = snapshot();
  my @changed = grep { $json->encode($now->{$_}) ne $json->encode($default->{$_}) } @VARIABLES;
  return {
    files => [map { text($_) } Amavis::Conf::get_config_files_read()],
    ok => defined $error ? JSON::PP::false : JSON::PP::true, error => $error, warnings => \@warnings,
    dkim_keys => \@keys, variables => $now, changed => \@changed, banks => banks(), events => \@events };
}

# A child for each: nothing a configuration does, exiting included, reaches the next.
sub answer_request {
  my ($request) = @_;
  pipe(my $from_child, my $to_parent) or die "pipe: $!";
  my $child = CORE::fork() // die "fork: $!";
  if (!$child) {
    close($from_child);
    close(STDIN);    # first, or its line number ends up in Perl's messages
    open(STDIN, '<', '/dev/null');
    open(STDOUT, '>', '/dev/null');
    open(STDERR, '>', '/dev/null');
    chdir(untaint($request->{cwd})) or die "$request->{cwd}: $!" if defined $request->{cwd};
    $real_keys = $request->{real_keys};
    print {$to_parent} $json->encode(evaluate($request));
    close($to_parent);
    CORE::unlink($_) for values %stub_of;
    POSIX::_exit(0);
  }
  close($to_parent);
  my $answer = do { local $/; <$from_child> };
  waitpid($child, 0);
  $answer = $json->encode({ ok => JSON::PP::false, error => "the configuration ended the process, status $?" })
    if !defined $answer || $answer eq '';
  print "$answer\n";
}

$| = 1;
if (@ARGV && $ARGV[0] eq '--batch') {
  while (defined(my $line = <STDIN>)) { answer_request($json->decode($line)) }
} else {
  my $wants_real_keys = @ARGV && $ARGV[0] eq '--real-keys' && shift @ARGV;
  die "usage: oracle.pl [--real-keys] FILE... | --batch\n" if !@ARGV;
  answer_request({ files => [@ARGV], real_keys => $wants_real_keys ? 1 : 0 });
}
