// Command tlogcheck reads a log with golang.org/x/mod/sumdb and checks every entry against its checkpoint.
//
// It takes a folder or the address of a log that is served, and the log's key; a token to show stands in
// the environment as LOG_TOKEN. With `hashes` as third argument it leaves the entries alone.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tiles struct{ place string }

func (t tiles) Height() int                     { return 8 }
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		bytes, err := t.read(path(tile))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func path(tile tlog.Tile) string { return "tile/" + strings.TrimPrefix(tile.Path(), "tile/8/") }

func (t tiles) read(path string) ([]byte, error) {
	if !strings.HasPrefix(t.place, "http") {
		return os.ReadFile(filepath.Join(t.place, path))
	}
	request, err := http.NewRequest("GET", t.place+"/"+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("LOG_TOKEN"))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func main() {
	log.SetFlags(0)
	source, vkey := tiles{os.Args[1]}, os.Args[2]
	verifier, err := note.NewVerifier(vkey)
	check(err)
	text, err := source.read("checkpoint")
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
	reader := tlog.TileHashReader(tree, source)
	for start := int64(0); start < tree.N; start += 256 {
		for at, leaf := range leaves(source, reader, start, min(256, tree.N-start)) {
			index := start + int64(at)
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

// leaves returns the hashes of the entries in one bundle, or those that the tiles hold for them.
func leaves(source tiles, reader tlog.HashReader, start, width int64) []tlog.Hash {
	if len(os.Args) > 3 && os.Args[3] == "hashes" {
		var places []int64
		for index := start; index < start+width; index++ {
			places = append(places, tlog.StoredHashIndex(0, index))
		}
		hashes, err := reader.ReadHashes(places)
		check(err)
		return hashes
	}
	bundle := path(tlog.Tile{H: 8, L: 0, N: start / 256, W: int(width)})
	data, err := source.read(strings.Replace(bundle, "tile/0/", "tile/entries/", 1))
	check(err)
	var hashes []tlog.Hash
	for range width {
		size := 2 + int(binary.BigEndian.Uint16(data))
		hashes = append(hashes, tlog.RecordHash(data[2:size]))
		data = data[size:]
	}
	return hashes
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
