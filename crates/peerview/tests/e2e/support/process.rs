//! A child process whose output is read line by line, and which never outlives its test.

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;

/// How long anything that a process prints may take, on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// A running program.
pub(crate) struct Process {
    name: String,
    child: Child,
    /// Some programs end when this closes.
    _stdin: Option<ChildStdin>,
    output: watch::Receiver<Vec<String>>,
}

impl Process {
    /// Starts a program and begins to read its output.
    pub(crate) fn start(name: &str, command: Command) -> Process {
        Process::try_start(name, command).unwrap_or_else(|error| panic!("starting {name}: {error}"))
    }

    /// The same where the program may be missing.
    pub(crate) fn try_start(name: &str, mut command: Command) -> std::io::Result<Process> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let (sender, output) = watch::channel(Vec::new());
        read_lines(child.stdout.take().expect("piped"), sender.clone());
        read_lines(child.stderr.take().expect("piped"), sender);
        Ok(Process {
            name: name.to_owned(),
            _stdin: child.stdin.take(),
            child,
            output,
        })
    }

    /// Waits for a line that begins so, and returns what follows on it.
    pub(crate) async fn says(&self, begin: &str) -> String {
        let said = self.says_or_ends(begin).await;
        said.unwrap_or_else(|| {
            panic!(
                "{} ended without saying `{begin}`:\n{}",
                self.name,
                self.output()
            )
        })
    }

    /// Waits for a line that holds this, and returns it.
    pub(crate) async fn says_with(&self, part: &str) -> String {
        let said = self.says_with_or_ends(part).await;
        said.unwrap_or_else(|| {
            panic!(
                "{} ended without saying `{part}`:\n{}",
                self.name,
                self.output()
            )
        })
    }

    /// Waits for a line that holds this; `None` if the process ends without it.
    pub(crate) async fn says_with_or_ends(&self, part: &str) -> Option<String> {
        self.finds(part, |line| line.contains(part).then(|| line.to_owned()))
            .await
    }

    /// Waits for a line that begins so; `None` if the process ends without it.
    pub(crate) async fn says_or_ends(&self, begin: &str) -> Option<String> {
        let rest = |line: &str| {
            let rest = line.trim_start().strip_prefix(begin);
            rest.map(|rest| rest.trim().to_owned())
        };
        self.finds(begin, rest).await
    }

    async fn finds(&self, what: &str, find: impl Fn(&str) -> Option<String>) -> Option<String> {
        let found = |lines: &Vec<String>| lines.iter().find_map(|line| find(line));
        let mut output = self.output.clone();
        let waiting = output.wait_for(|lines| found(lines).is_some());
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(Ok(lines)) => found(&lines),
            Ok(Err(_)) => None,
            Err(_) => panic!("{} has not said `{what}`:\n{}", self.name, self.output()),
        }
    }

    /// Everything it has printed so far.
    pub(crate) fn output(&self) -> String {
        self.output.borrow().join("\n")
    }

    /// The process's id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it has not been waited for")
    }

    /// Sends a signal, as `kill -NAME` does.
    pub(crate) fn signal(&self, name: &str) {
        let status = std::process::Command::new("kill")
            .arg(format!("-{name}"))
            .arg(self.id().to_string())
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "cannot send {name} to {}",
            self.name
        );
    }

    /// Waits for its end.
    pub(crate) async fn ends_within(&mut self, limit: Duration) -> ExitStatus {
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(status) => status.expect("a child can be waited for"),
            Err(_) => panic!(
                "{} still runs after {limit:?}:\n{}",
                self.name,
                self.output()
            ),
        }
    }

    /// Ends it now and waits until it is gone, so that its ports are free.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("a child can be killed");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let lines = self.output.borrow();
            let tail = lines
                .iter()
                .skip(lines.len().saturating_sub(60))
                .cloned()
                .collect::<Vec<_>>();
            report(&format!(
                "--- the end of what {} said ---\n{}\n---",
                self.name,
                tail.join("\n")
            ));
        }
    }
}

/// Writes to the failing test's captured output.
#[expect(
    clippy::print_stderr,
    reason = "test output, shown for failing tests only"
)]
pub(crate) fn report(text: &str) {
    eprintln!("{text}");
}

fn read_lines(pipe: impl AsyncRead + Unpin + Send + 'static, to: watch::Sender<Vec<String>>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(pipe).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            to.send_modify(|all| all.push(line));
        }
    });
}
