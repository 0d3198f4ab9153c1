// Command outsidewitness runs the omniwitness of transparency-dev on loopback for the logs whose keys it is given.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/witness/config"
	"github.com/transparency-dev/witness/omniwitness"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"golang.org/x/mod/sumdb/note"
)

// main takes the witness's private key and the logs' public keys; it prints its address and its public key.
func main() {
	log.SetFlags(0)
	signer, err := f_note.NewSignerForCosignatureV1(os.Args[1])
	check(err)
	kept := inmemory.New()
	for _, vkey := range os.Args[2:] {
		verifier, err := note.NewVerifier(vkey)
		check(err)
		entry := config.Log{VKey: vkey, Verifier: verifier, Origin: verifier.Name()}
		check(kept.AddLogs(context.Background(), []config.Log{entry}))
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println("http://" + listener.Addr().String())
	operator := omniwitness.OperatorConfig{
		WitnessKeys:     []note.Signer{signer},
		WitnessVerifier: signer.Verifier(),
		Logs:            kept,
	}
	check(omniwitness.Main(context.Background(), operator, kept, listener, http.DefaultClient))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
