# The targets. `make` without arguments lists them. Each is one line; longer scripts are in scripts/.
.DEFAULT_GOAL := help
.PHONY: help setup demo test e2e ci asvs lint fmt deny bench attack reach interop timing js package
PORT ?= 8080
RELAY_PORT ?= 3478

help:   ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
demo:   ## run cloud, agent and a simulated recorder on http://127.0.0.1:8080 (PORT=, RELAY_PORT= change ports, LAN=1 lets phones in)
	@scripts/demo.sh --port $(PORT) --relay-port $(RELAY_PORT) $(if $(LAN),--lan)
setup:  ## install the Debian packages that the tests need (uses sudo unless run as root)
	@scripts/steps.sh setup
test:   ## setup, then run every test
	@scripts/steps.sh setup build rust js types asvs
e2e:    ## run only the stories through the real binary and a real browser
	@scripts/steps.sh setup e2e
ci:     ## run what continuous integration runs: format, lint, deny, test
	@scripts/steps.sh fmt lint deny setup build rust js types asvs
asvs:   ## run the tests of OWASP ASVS 5.0 and print the state of each row
	@scripts/steps.sh setup build asvs_tests js asvs_rows
lint:   ## run clippy; warnings are errors
	@cargo clippy --workspace --all-targets -- -D warnings
fmt:    ## format the code in place
	@cargo fmt --all
deny:   ## check licences, banned crates, sources, advisories
	@scripts/deny.sh
bench:  ## measure the relay, time to first picture, cost per viewer and link, pages, log-ins, go2rtc and MediaMTX if there; writes target/bench/*.json
	@scripts/steps.sh setup bench
attack: ## attack a local cloud over loopback and print what each attack achieved
	@scripts/steps.sh setup attack
reach:  ## show what connects from where, in a lab of network namespaces (needs root); CASES="matrix calls" runs parts
	@CASES="$(CASES)" scripts/steps.sh setup reach
interop: ## test against third-party clients, servers and odd cameras; CASES="clients servers NAME" runs parts
	@CASES="$(CASES)" scripts/steps.sh interop
timing: ## compare 2 x 5,000 answers to known and unknown people on each page (15 minutes)
	@scripts/steps.sh setup timing
js:     ## run only the tests and the type check of the pages' JavaScript
	@scripts/steps.sh js types
package: ## build static binaries and Debian packages for amd64 and arm64, and check them; into target/package
	@packaging/build.sh && packaging/check.sh
