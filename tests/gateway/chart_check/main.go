// chart_check reads a chart with helm's own libraries: its linter, strictly, its schema of values, its engine.
//
//	chart_check CHART [VALUES]
//
// It prints the manifests as JSON, by the file that they come from. A warning of the linter is an error, and so is a
// value that a template names and nobody gives.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/v2/lint"
	"helm.sh/helm/v4/pkg/chart/v2/lint/support"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

func values(paths []string) (map[string]any, error) {
	if len(paths) == 0 {
		return map[string]any{}, nil
	}
	file, err := os.Open(paths[0])
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return loader.LoadValues(file)
}

func linted(folder string, given map[string]any) error {
	var found []error
	for _, message := range lint.RunAll(folder, given, "police").Messages {
		if message.Severity >= support.WarningSev {
			found = append(found, message)
		}
	}
	return errors.Join(found...)
}

func rendered(folder string, given map[string]any) (map[string]string, error) {
	chart, err := loader.LoadDir(folder)
	if err != nil {
		return nil, err
	}
	release := common.ReleaseOptions{Name: "node", Namespace: "police", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(chart, given, release, nil)
	if err != nil {
		return nil, err
	}
	return engine.Engine{Strict: true}.Render(chart, all)
}

func checked(folder string, paths []string) ([]byte, error) {
	given, err := values(paths)
	if err != nil {
		return nil, err
	}
	if err := linted(folder, given); err != nil {
		return nil, err
	}
	manifests, err := rendered(folder, given)
	if err != nil {
		return nil, err
	}
	return json.Marshal(manifests)
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: chart_check CHART [VALUES]")
		os.Exit(2)
	}
	text, err := checked(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(string(text))
}
