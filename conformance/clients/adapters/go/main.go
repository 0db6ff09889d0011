// Command adapter drives github.com/tencentyun/cos-go-sdk-v5 by the adapter protocol: one JSON object
// a line on stdin and on stdout. Requests go into the SDK's structs and answers come out of them by
// their xml tags (see fields.go); what the library gives is passed on as it is.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	cos "github.com/tencentyun/cos-go-sdk-v5"
)

const sdkPath = "github.com/tencentyun/cos-go-sdk-v5"

var settings = map[string]string{
	"BaseURL.CIURL": "the call's endpoint, over http",
	"Client.Host":   "the documented Host, which the SDK then sends and signs",
	"Timeout":       "http.Client.Timeout is timeout_s; the SDK's CI calls are tried once",
	"describe":      "DescribePicProcessJob takes one id: one request an id",
	"list":          "DescribeMediaJobs, the SDK's only list of jobs: it has none for pictures",
	"cancel":        "CancelJob",
}

type call struct {
	ID       json.RawMessage `json:"id"`
	Op       string          `json:"op"`
	Endpoint struct {
		Host string `json:"host"`
		Port int    `json:"port"`
	} `json:"endpoint"`
	Credentials struct {
		SecretID  string `json:"secret_id"`
		SecretKey string `json:"secret_key"`
		Token     string `json:"token"`
	} `json:"credentials"`
	Bucket   string            `json:"bucket"`
	Region   string            `json:"region"`
	TimeoutS float64           `json:"timeout_s"`
	Job      map[string]any    `json:"job"`
	JobIDs   []string          `json:"job_ids"`
	Query    map[string]string `json:"query"`
}

// unsupported says that the library has no such call, field or argument.
type unsupported string

func (u unsupported) Error() string { return string(u) }

var clients = map[string]*cos.Client{}

// clientFor gives a client of the SDK for the call's credentials, bucket and endpoint, made once.
func clientFor(c *call) *cos.Client {
	key := fmt.Sprintf("%q %q %q %q %v", c.Credentials, c.Bucket, c.Region, c.Endpoint, c.TimeoutS)
	client, ok := clients[key]
	if !ok {
		endpoint := &url.URL{Scheme: "http", Host: fmt.Sprintf("%s:%d", c.Endpoint.Host, c.Endpoint.Port)}
		client = cos.NewClient(&cos.BaseURL{CIURL: endpoint}, &http.Client{
			Timeout: time.Duration(c.TimeoutS * float64(time.Second)),
			Transport: &cos.AuthorizationTransport{
				SecretID:     c.Credentials.SecretID,
				SecretKey:    c.Credentials.SecretKey,
				SessionToken: c.Credentials.Token,
			},
		})
		client.Host = fmt.Sprintf("%s.ci.%s.myqcloud.com", c.Bucket, c.Region)
		clients[key] = client
	}
	return client
}

type result map[string]any

func createPicJob(c *call) (result, error) {
	options := &cos.CreatePicJobsOptions{}
	if err := fill(options, c.Job, "CreatePicJobsOptions"); err != nil {
		return nil, err
	}
	answer, _, err := clientFor(c).CI.CreatePicProcessJobs(context.Background(), options)
	if err != nil {
		return nil, err
	}
	return result{"jobs": listOf(answer.JobsDetail)}, nil
}

func describePicJob(c *call) (result, error) {
	jobs, missing := []any{}, []any{}
	for _, id := range c.JobIDs {
		answer, _, err := clientFor(c).CI.DescribePicProcessJob(context.Background(), id)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, listOf(answer.JobsDetail)...)
		if answer.NonExistJobIds != "" {
			missing = append(missing, answer.NonExistJobIds)
		}
	}
	answer := result{"jobs": jobs}
	if len(missing) > 0 {
		answer["non_exist_job_ids"] = missing
	}
	return answer, nil
}

func listPicJobs(c *call) (result, error) {
	options := &cos.DescribeMediaJobsOptions{}
	if err := fillQuery(options, c.Query); err != nil {
		return nil, err
	}
	answer, _, err := clientFor(c).CI.DescribeMediaJobs(context.Background(), options)
	if err != nil {
		return nil, err
	}
	page := result{"jobs": listOf(answer.JobsDetail)}
	if answer.NextToken != "" {
		page["next_token"] = answer.NextToken
	}
	return page, nil
}

func cancelPicJob(c *call) (result, error) {
	for _, id := range c.JobIDs {
		if _, err := clientFor(c).CI.CancelJob(context.Background(), id); err != nil {
			return nil, err
		}
	}
	return result{}, nil
}

func hello(*call) (result, error) {
	version := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == sdkPath {
				version = strings.TrimPrefix(module.Version, "v")
			}
		}
	}
	return result{
		"name": "cos-go-sdk-v5", "version": version, "language": "go",
		"ops":      []string{"create_pic_job", "describe_pic_job", "list_pic_jobs", "cancel_pic_job"},
		"settings": settings,
	}, nil
}

var operations = map[string]func(*call) (result, error){
	"hello":            hello,
	"create_pic_job":   createPicJob,
	"describe_pic_job": describePicJob,
	"list_pic_jobs":    listPicJobs,
	"cancel_pic_job":   cancelPicJob,
}

var signature = regexp.MustCompile(`(q-signature=)[0-9a-f]{40}`)

func withoutSecrets(text string, c *call) string {
	for _, secret := range []string{c.Credentials.SecretKey, c.Credentials.Token} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return signature.ReplaceAllString(text, "$1***")
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// errorOf puts the library's error into the protocol's form.
func errorOf(err error, c *call) result {
	if failure, ok := cos.IsCOSError(err); ok {
		return result{
			"kind": "service", "status": failure.Response.StatusCode, "code": orNull(failure.Code),
			"message": orNull(withoutSecrets(failure.Message, c)), "request_id": orNull(failure.RequestID),
		}
	}
	return result{"kind": "client", "message": withoutSecrets(err.Error(), c)}
}

func answerTo(c *call) (answer result) {
	answer = result{"id": c.ID}
	defer func() {
		if panicked := recover(); panicked != nil {
			message := withoutSecrets(fmt.Sprintf("panic: %v", panicked), c)
			answer["error"] = result{"kind": "client", "message": message}
		}
	}()
	operation, ok := operations[c.Op]
	if !ok {
		answer["unsupported"] = "the adapter has no operation " + c.Op
		return answer
	}
	outcome, err := operation(c)
	var missing unsupported
	switch {
	case errors.As(err, &missing):
		answer["unsupported"] = string(missing)
	case err != nil:
		answer["error"] = errorOf(err, c)
	default:
		answer["result"] = outcome
	}
	return answer
}

func main() {
	// Whatever the library prints goes to stderr: stdout carries the protocol only.
	protocol := json.NewEncoder(os.Stdout)
	os.Stdout = os.Stderr
	input := bufio.NewReader(os.Stdin)
	for {
		line, err := input.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var c call
		if err := json.Unmarshal(line, &c); err != nil {
			fmt.Fprintln(os.Stderr, "adapter: a line that is not a call:", err)
			continue
		}
		if c.Op == "shutdown" {
			return
		}
		if err := protocol.Encode(answerTo(&c)); err != nil {
			fmt.Fprintln(os.Stderr, "adapter:", err)
			return
		}
	}
}
