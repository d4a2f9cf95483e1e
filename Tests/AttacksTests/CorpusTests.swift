import Attacks
import Foundation
import Scenarios
import Testing

/// What is wrong with a file of the corpus is told with the file, the place and the mend, and nothing is run.
@Suite struct CorpusTests {
  static let cells = TestCorpus.cells

  @Test(arguments: [
    ("int main(void);", "a.c:1:1: $: does not begin with a comment that holds what the attack is; begin with"),
    ("/* {} */", "does not begin with a comment"), ("/*\n{\"title\": 1}", "does not begin with a comment"),
    ("/*\n{\"title\": }\n*/", "a.c:2:11: $: not JSON"), ("/*\n{} {}\n*/", "not JSON: nothing may follow the value"),
    ("/*\n[]\n*/", "a.c:2:1: $: is a list; write an object with keys title"),
    ("/*\n{\"titel\": \"t\"}\n*/", "a.c:2:2: $: unknown key \"titel\"; did you mean \"title\"?"),
    ("/*\n{\"reference\": \"r\", \(cells)}\n*/", "key \"title\" is missing"),
    ("/*\n{\"title\": \"t\", \(cells)}\n*/", "key \"reference\" is missing"),
    ("/*\n{\"title\": \"\", \"reference\": \"r\", \(cells)}\n*/", "$.title: is empty"),
    ("/*\n{\"title\": \"t\", \"reference\": \"r\"}\n*/", "$.cells: the cell of none is missing; add \"none\""),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"outcome\": \"escaped\"}}}\n*/",
      "the cell of uio-mpk is missing"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\",\n\"cells\": {\"uio-mkp\": {\"outcome\": \"escaped\"}}}\n*/",
      "a.c:3:11: $.cells: \"uio-mkp\" is no isolation design; did you mean \"uio-mpk\"?"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"outcome\": \"escapd\"}}}\n*/",
      "$.cells.none.outcome: \"escapd\" is no outcome; did you mean \"escaped\"?"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"rule\": \"I2\"}}}\n*/",
      "$.cells.none: key \"outcome\" is missing"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"outcome\": \"escaped\", \"rule\": \"I11\"}}}\n*/",
      "\"I11\" is no rule; did you mean \"I1\"?"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"outcome\": \"escaped\", \"event\": \"pkruWrit\"}}}\n*/",
      "\"pkruWrit\" is no kind of event; did you mean \"pkruWrite\"?"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"outcome\": \"not-modelled\", \"rule\": \"I1\"}}}\n*/",
      "not-modelled has no evidence"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \"cells\": {\"none\": {\"outcome\": \"simulator-defect\"}}}\n*/",
      "nobody may expect a defect"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"control\": {\"uio-mpk\": \"escaped\"}}\n*/",
      "$.control.uio-mpk: without its bypass an attack must not end as escaped; let BYPASS hold"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"control\": {\"uio-mpk\": 1}}\n*/",
      "$.control.uio-mpk: is no outcome"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"elsewhere\": {\"qemu\": \"a\"}}\n*/",
      "$.elsewhere.qemu: \"qemu\" is no other engine; known engines: kvm"
    ),
    (
      "/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"elsewhere\": {\"kvm\": \"\"}}\n*/",
      "$.elsewhere.kvm: says nothing; say why"
    ),
    ("/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"within\": \"soon\"}\n*/", "$.within: is no time"),
    ("/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"arguments\": [\"a b\"]}\n*/", "\"a b\" is no word"),
    ("/*\n{\"title\": \"t\", \"reference\": \"r\", \(cells), \"with\": [\"a\"]}\n*/", "$.with[0]: \"a\" is no object"),
  ])
  func isToldWithPlaceAndMend(text: String, reason: String) throws {
    let corpus = try TestCorpus()
    try corpus.write(text, to: "gates/a.c")
    try corpus.write("/*\n\(TestCorpus.header)\n*/\n", to: "gates/sound.c")
    let problems = try #require(throws: ScenarioProblems.self) { try corpus.read() }
    #expect(problems.description.contains(reason), "\(problems)")
    // Others are not blamed.
    #expect(problems.problems.allSatisfy { $0.file.hasSuffix("gates/a.c") })
  }

  @Test(arguments: [
    (["gate/a.c"], "gate: $: is no class of attacks; did you mean \"gates\"?"),
    (["gates/a.cc"], "gates/a.cc: $: is no attack; name it NAME.c"), (["gates/A.c"], "gates/A.c: $: is no attack"),
    (["gates/a.bpf.c"], "gates/a.bpf.c: $: is no attack"),
    (["gates/a.c", "stacks/a.c"], "gates/a.c has this name already"), (["include/a.h"], "holds no attack"),
  ])
  func filesHaveTheirPlaces(files: [String], reason: String) throws {
    let corpus = try TestCorpus()
    for file in files { try corpus.write("/*\n\(TestCorpus.header)\n*/\n", to: file) }
    let problems = try #require(throws: ScenarioProblems.self) { try corpus.read() }
    #expect(problems.description.contains(reason), "\(problems)")
  }

  @Test func aRowWithoutAProgramIsNotRun() throws {
    let corpus = try TestCorpus()
    try corpus.write("{\"title\": \"t\", \"reference\": \"r\"}", to: "not-modelled/row.json")
    let attack = try #require(try corpus.read().attacks.first)
    #expect(attack.program == .none && attack.cells.values.allSatisfy { $0.outcome == .notModelled })
    let wrong = #"{"title": "t", "reference": "r", "within": "1s", "cells": {"none": {"outcome": "escaped"}}}"#
    try corpus.write(wrong, to: "not-modelled/row.json")
    let problems = try #require(throws: ScenarioProblems.self) { try corpus.read() }
    #expect(problems.description.contains("$.within: belongs to a program, and this is none"))
    #expect(problems.description.contains("none: escaped can't be found out without a program"))
  }

  @Test func cellsThatAreWrittenLaterMayBeMissing() throws {
    let corpus = try TestCorpus()
    try corpus.write("/*\n{\"title\": \"t\", \"reference\": \"r\"}\n*/\n", to: "gates/a.c")
    let attack = try #require(try AttackCorpus(path: corpus.path, isLenient: true).attacks.first)
    #expect(attack.cells.keys.sorted { $0.rawValue < $1.rawValue } == [.ebpf, .ebpfVerified])
  }

  @Test func attacksAreChosenByNameAndClass() throws {
    let corpus = try TestCorpus()
    for name in ["gates/gate-a", "gates/gate-b", "stacks/push"] {
      try corpus.write("/*\n\(TestCorpus.header)\n*/\n", to: "\(name).c")
    }
    let read = try corpus.read()
    #expect(try read.select(names: [], classes: []).map(\.name) == ["gate-a", "gate-b", "push"])
    #expect(try read.select(names: ["push", "gate-?"], classes: []).map(\.name) == ["gate-a", "gate-b", "push"])
    #expect(try read.select(names: [], classes: [.stacks]).map(\.name) == ["push"])
    let unknown = try #require(throws: MatrixError.self) { try read.select(names: ["gate-x"], classes: []) }
    #expect(unknown.description.contains("there is no attack \"gate-x\"; did you mean \"gate-a\"?"))
    let empty = try #require(throws: MatrixError.self) { try read.select(names: ["push"], classes: [.gates]) }
    #expect(empty.description.contains("no attack is left"))
    let none = try #require(throws: MatrixError.self) { try read.select(names: [], classes: [.notModelled]) }
    #expect(none.description == "the folder has no attack of the class not-modelled; it has gates, stacks")
    for name in ["push.c", "attacks/stacks/push.c", "\(corpus.path)/stacks/push.c"] {
      let file = try #require(throws: MatrixError.self) { try read.select(names: [name], classes: []) }
      #expect(
        file.description.hasSuffix("is a file, and attacks are named without folder and ending; write --attack push"))
    }
  }
}
