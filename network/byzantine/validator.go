package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os/signal"
	"strings"
	"syscall"

	"github.com/nspcc-dev/neo-go/cli/server"
	"github.com/nspcc-dev/neo-go/pkg/config"
	"github.com/nspcc-dev/neo-go/pkg/consensus"
	"github.com/nspcc-dev/neo-go/pkg/core/transaction"
	"github.com/nspcc-dev/neo-go/pkg/crypto/keys"
	"github.com/nspcc-dev/neo-go/pkg/network"
	"github.com/nspcc-dev/neo-go/pkg/network/payload"
	"github.com/nspcc-dev/neo-go/pkg/services/rpcsrv"
	"github.com/nspcc-dev/neo-go/pkg/util"
	"github.com/nspcc-dev/neo-go/pkg/wallet"
	"go.uber.org/zap"
)

// runValidator is a node as cli/server starts one, but for the mouth of its consensus service.
func runValidator(arguments []string) error {
	flags := flag.NewFlagSet("validator", flag.ExitOnError)
	configFile := flags.String("config-file", "", "the node's configuration, as for neo-go node")
	mode := flags.String("mode", "", "what it does wrong: "+strings.Join(modeNames(), ", "))
	seed := flags.Uint64("seed", 1, "what it draws its choices from")
	peers := flags.String("peers", "", "P2P addresses of the other validators, separated by commas")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	behave, isKnown := modes[*mode]
	if !isKnown {
		return errors.New("--mode is none of: " + strings.Join(modeNames(), ", "))
	}
	if *peers == "" {
		return errors.New("--peers is missing")
	}
	settings, err := config.LoadFile(*configFile)
	if err != nil {
		return err
	}
	log := zap.Must(zap.NewProduction())
	stopped, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()

	chain, prometheus, pprof, err := server.InitBCWithMetrics(settings, log)
	if err != nil {
		return err
	}
	defer chain.Close()
	defer pprof.ShutDown()
	defer prometheus.ShutDown()
	serverConfig, err := network.NewServerConfig(settings)
	if err != nil {
		return err
	}
	node, err := network.NewServer(serverConfig, chain, chain.GetStateSyncModule(), log)
	if err != nil {
		return err
	}
	unlock := settings.ApplicationConfiguration.Consensus.UnlockWallet
	key, err := openKey(unlock)
	if err != nil {
		return err
	}
	liar := newLiar(*mode, behave, *seed, key, chain, strings.Split(*peers, ","))
	service, err := consensus.NewService(consensus.Config{
		Logger:                log,
		Broadcast:             liar.say,
		Chain:                 chain,
		BlockQueue:            node.GetBlockQueue(),
		ProtocolConfiguration: chain.GetConfig().ProtocolConfiguration,
		RequestTx:             func(hashes ...util.Uint256) { node.RequestTx(hashes...) },
		StopTxFlow:            node.StopTxFlow,
		Wallet:                unlock,
	})
	if err != nil {
		return err
	}
	node.AddConsensusService(service, func(e *payload.Extensible) error {
		if !liar.hear(e) {
			return nil
		}
		return service.OnPayload(e)
	}, func(t *transaction.Transaction) { service.OnTransaction(t) })
	failed := make(chan error)
	rpc := rpcsrv.New(chain, settings.ApplicationConfiguration.RPC, node, nil, log, failed)
	node.AddService(rpc)
	node.Start()
	go rpc.Start()
	go liar.keepTalking(stopped.Done())
	fmt.Println("ready")
	select {
	case <-stopped.Done():
	case err = <-failed:
	}
	node.Shutdown()
	return err
}

func openKey(from config.Wallet) (*keys.PrivateKey, error) {
	file, err := wallet.NewWalletFromFile(from.Path)
	if err != nil {
		return nil, err
	}
	for _, account := range file.Accounts {
		if account.Decrypt(from.Password, file.Scrypt) == nil {
			return account.PrivateKey(), nil
		}
	}
	return nil, errors.New("the wallet has no key that its password opens")
}
