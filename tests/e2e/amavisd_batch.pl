# amavisd_batch.pl AMAVISD FOLDER FIRST STEP: runs amavisd once for each job FOLDER/N.job, N being FIRST, FIRST + STEP and
# so on while there are any. A job is the working folder and the arguments, with a NUL behind each. What it prints goes to
# N.out and N.err, its wait status to N.status.
#
# amavisd spends half of its time on loading modules of others. Here they are loaded once, and each job is a fork; its own
# modules (Amavis::...) and its program text are read by each job anew. One thing differs: what amavisd loads only after
# it has read its configuration is there while it reads it.
use strict;
use warnings;

my ($amavisd, $folder, $first, $step) = map { /\A(.*)\z/s } @ARGV;
$ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin';
delete @ENV{qw(ENV BASH_ENV CDPATH IFS)};

sub job {
  my ($prefix, $report) = @_;
  open(my $in, '<', "$prefix.job") or die "$prefix.job: $!\n";
  my ($cwd, @words) = do { local $/; split(/\0/, scalar <$in>, -1) };
  pop @words;
  close $in;
  open(STDIN, '<', '/dev/null') or die;
  open(STDOUT, '>', "$prefix.out") or die;
  open(STDERR, '>', "$prefix.err") or die;
  chdir(($cwd =~ /\A(.*)\z/s)[0]) or die "$cwd: $!\n";
  @ARGV = @words;    # tainted, as arguments are
  $0 = $amavisd;
  if ($report) {
    open(my $list, '>', $report) or die "$report: $!\n";    # before amavisd becomes another user
    eval 'END { print $list map { "$_\n" } sort keys %INC }';
  }
  do $amavisd;
  print STDERR $@ || "$amavisd: $!\n";
  exit 2;
}

sub run {
  my ($prefix, $report) = @_;
  my $pid = fork // die "fork: $!\n";
  job($prefix, $report) if $pid == 0;
  waitpid($pid, 0);
  open(my $status, '>', "$prefix.status") or die;
  print $status $?;
  close $status or die;
}

# What the first one needed, the others find loaded.
my $report = "$folder/$first.modules";
for (my $n = $first; -e "$folder/$n.job"; $n += $step) {
  run("$folder/$n", $n == $first ? $report : undef);
  next if $n != $first || !open(my $list, '<', $report);
  for my $module (map { /\A(\w[\w\/]*\.pm)\n\z/ } <$list>) {
    eval { require $module } unless $module =~ /^Amavis\b/;
  }
}
