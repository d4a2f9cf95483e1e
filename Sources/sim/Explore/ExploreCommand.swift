import ArgumentParser

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Run a scenario with many values of its parameters, measure, and compare.",
    discussion: """
      An exploration (docs/exploration-format.md) names a scenario, the parameters that change, and what is measured. Results go to a \
      database; the same command goes on where it was interrupted.

      EXAMPLES
        sim explore explorations/design-cost.json                    run it, or go on with it
        sim explore explorations/design-cost.json --dry-run          how many runs, and how long they take
        sim explore FILE --database part3.db --shard 3/8             a part of it, for a cluster
        sim explore merge whole.db part1.db part2.db …               put the parts together
        sim explore show whole.db --csv results.csv                  what is in a database
        sim explore report whole.db --output report.html             one page for people to read
        sim explore report --compare before.db after.db              which differences are more than noise
        sim explore FILE --calibrate                                 fit what is not known to measurements

      EXIT CODES
         0  done, and every run came to what its scenario expects
         1  runs failed: they are rows with their reasons
         2  wrong usage or input
        70  the simulator contradicts itself
        75  try again: another process works on the database, or the disk is full
      """,
    subcommands: [
      ExploreRunCommand.self, ShowResults<ExploreExports>.self, ExploreReportCommand.self,
      MergeResults<ExploreExports>.self,
    ],
    defaultSubcommand: ExploreRunCommand.self)
}
