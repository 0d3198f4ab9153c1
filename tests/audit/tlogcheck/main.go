// Command tlogcheck reads a log's files with golang.org/x/mod/sumdb and checks every entry against its checkpoint.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tiles struct{ dir string }

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (t tiles) path(tile tlog.Tile) string {
	return filepath.Join(t.dir, "tile", strings.TrimPrefix(tile.Path(), "tile/8/"))
}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		bytes, err := os.ReadFile(t.path(tile))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func main() {
	log.SetFlags(0)
	dir, vkey := os.Args[1], os.Args[2]
	verifier, err := note.NewVerifier(vkey)
	check(err)
	text, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	check(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	var tree tlog.Tree
	_, err = fmt.Sscan(lines[1], &tree.N)
	check(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	copy(tree.Hash[:], root)
	reader := tlog.TileHashReader(tree, tiles{dir})
	for start := int64(0); start < tree.N; start += 256 {
		bundle := tlog.Tile{H: 8, L: 0, N: start / 256, W: int(min(256, tree.N-start))}
		path := strings.Replace(tiles{dir}.path(bundle), "/tile/0/", "/tile/entries/", 1)
		data, err := os.ReadFile(path)
		check(err)
		for index := start; index < start+int64(bundle.W); index++ {
			size := 2 + int(binary.BigEndian.Uint16(data))
			leaf := tlog.RecordHash(data[2:size])
			data = data[size:]
			proof, err := tlog.ProveRecord(tree.N, index, reader)
			check(err)
			check(tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf))
		}
	}
	for _, old := range []int64{1, tree.N/2 + 1, tree.N} {
		hash, err := tlog.TreeHash(old, reader)
		check(err)
		proof, err := tlog.ProveTree(tree.N, old, reader)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, old, hash))
	}
	fmt.Printf("%s %d holds\n", lines[0], tree.N)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
