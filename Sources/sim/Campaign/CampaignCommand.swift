import ArgumentParser

struct CampaignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaign",
    abstract: "Inject many faults into a scenario, and tell what came of them.",
    discussion: """
      EXAMPLES
        sim campaign campaigns/pkru-bitflips.json                     run it, or go on with it
        sim campaign campaigns/pkru-bitflips.json --workers 2 --dry-run
        sim campaign FILE --database part3.db --shard 3/8             a part of it, for a cluster
        sim campaign merge whole.db part1.db part2.db …               put the parts together
        sim campaign show whole.db --csv results.csv                  what is in a database
        sim campaign report whole.db --output report.html             one page for people to read
        sim campaign replay whole.db --experiment 17 --trace x.trace  one experiment again, alone

      EXIT CODES
         0  done, and no failures
         1  failures found: escaped, leaked, crashed, hung or corrupted
         2  wrong usage or input
        70  the simulator contradicts itself
        75  try again: another process works on the database, or the disk is full
      """,
    subcommands: [
      CampaignRunCommand.self, ShowResults<CampaignExports>.self, CampaignReportCommand.self, CampaignReplay.self,
      MergeResults<CampaignExports>.self,
    ],
    defaultSubcommand: CampaignRunCommand.self)
}
