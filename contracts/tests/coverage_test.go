package tests

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/nspcc-dev/neo-go/pkg/compiler"
	"github.com/nspcc-dev/neo-go/pkg/smartcontract/scparser"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/vm"
	"github.com/nspcc-dev/neo-go/pkg/vm/opcode"
)

// minimumCoverage is the least percentage of each contract's statements, and of its branches' ways, that the tests must run.
const minimumCoverage = 95

// step is an instruction and the one that ran after it.
type step struct{ from, to int }

// executed holds what ran of every contract, by its hash: the same in all networks.
var executed = map[util.Uint160]map[step]bool{}

// TestMain says what the tests ran of the contracts' code, and fails if it is too little; a part of the tests is not judged.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && flag.Lookup("test.run").Value.String() == "" {
		code = reportCoverage()
	}
	os.Exit(code)
}

// measure returns a hook for a VM that notes every step inside one contract. No test of ours runs in parallel.
func measure() vm.OnExecHook {
	var lastHash util.Uint160
	last := -1
	return func(hash util.Uint160, offset int, _ opcode.Opcode) {
		if hash != lastHash {
			lastHash, last = hash, -1
		}
		steps := executed[hash]
		if steps == nil {
			steps = map[step]bool{}
			executed[hash] = steps
		}
		steps[step{last, offset}] = true
		last = offset
	}
}

func reportCoverage() (code int) {
	for _, name := range []string{"council", "ballot", "identifiers", "trust", "status", "proofs", "gateway", "titles"} {
		contract := compiled["../"+name]
		steps := executed[contract.Hash]
		statements := coverageOfStatements(contract.DebugInfo, steps)
		branches := coverageOfBranches(contract.NEF.Script, contract.DebugInfo, steps)
		fmt.Printf("coverage of %s: %v of statements, %v of branches\n", name, statements, branches)
		if statements.percentage() < minimumCoverage || branches.percentage() < minimumCoverage {
			fmt.Printf("coverage of %s: %d %% is the least\n", name, minimumCoverage)
			code = 1
		}
		for _, place := range append(statements.missed, branches.missed...) {
			fmt.Printf("\tnot run: %s\n", place)
		}
	}
	return code
}

type coverage struct {
	ran, all int
	missed   []string
}

func (c coverage) percentage() float64 {
	return 100 * float64(c.ran) / float64(c.all)
}

func (c coverage) String() string {
	return fmt.Sprintf("%.1f %% (%d of %d)", c.percentage(), c.ran, c.all)
}

func (c *coverage) count(ran bool, place string) {
	c.all++
	if ran {
		c.ran++
	} else {
		c.missed = append(c.missed, place)
	}
}

// coverageOfStatements counts the statements of the contract and of our packages that are compiled into it.
func coverageOfStatements(info *compiler.DebugInfo, steps map[step]bool) (c coverage) {
	ran := map[int]bool{}
	for s := range steps {
		ran[s.to] = true
	}
	for _, method := range info.Methods {
		for _, point := range method.SeqPoints {
			if ours(info.Documents[point.Document]) {
				c.count(ran[point.Opcode], place(info, point))
			}
		}
	}
	return c
}

// coverageOfBranches counts both ways of every conditional jump, but for those that the compiler adds by itself.
func coverageOfBranches(script []byte, info *compiler.DebugInfo, steps map[step]bool) (c coverage) {
	for context := scparser.NewContext(script, 0); ; {
		op, parameter, err := context.Next()
		offset := context.IP()
		if err != nil || offset >= len(script) {
			return c
		}
		if op < opcode.JMPIF || op > opcode.JMPLEL || addedByCompiler(script, offset) {
			continue
		}
		target, _, err := context.CalcJumpOffset(parameter)
		if err != nil {
			panic(err)
		}
		point := statementAt(info, offset)
		if ours(info.Documents[point.Document]) {
			c.count(steps[step{offset, target}], place(info, point)+" (jump)")
			c.count(steps[step{offset, context.NextIP()}], place(info, point)+" (no jump)")
		}
	}
}

// addedByCompiler tells if the jump at an offset guards a conversion, or a length, a loop or an append against null: our own comparisons
// with null need no copy of what is compared.
func addedByCompiler(script []byte, offset int) bool {
	conversion := script[offset-2] == byte(opcode.ISTYPE) && script[offset+2] == byte(opcode.CONVERT)
	null := script[offset-2] == byte(opcode.DUP) && script[offset-1] == byte(opcode.ISNULL)
	return conversion || null
}

// statementAt returns the statement that an instruction belongs to: the last that starts before it.
func statementAt(info *compiler.DebugInfo, offset int) (nearest compiler.DebugSeqPoint) {
	for _, method := range info.Methods {
		for _, point := range method.SeqPoints {
			if point.Opcode <= offset && point.Opcode >= nearest.Opcode {
				nearest = point
			}
		}
	}
	return nearest
}

func place(info *compiler.DebugInfo, point compiler.DebugSeqPoint) string {
	return fmt.Sprintf("%s:%d", info.Documents[point.Document], point.StartLine)
}

func ours(document string) bool {
	root, err := filepath.Abs("..")
	return err == nil && filepath.Dir(filepath.Dir(document)) == root
}
