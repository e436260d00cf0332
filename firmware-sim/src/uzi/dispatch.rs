//! What holds for every command, whatever it does: chaining, and answers longer than asked for.
//! Spec: ISO 7816-4.

use wire::apdu::{Chain, Command, EXTENDED_RESPONSE, Error, Response, SHORT_RESPONSE, Status};

/// A command set, to which commands come whole and from which answers come whole.
pub(super) trait Applet {
    fn command(&mut self, command: &Command) -> Response;

    /// Whether this command may come in parts.
    fn takes_chains(&self, instruction: u8) -> bool;

    /// Power was cut.
    fn reset(&mut self);
}

/// Joins the parts of commands, and cuts answers.
#[derive(Default)]
pub(super) struct Dispatch {
    chain: Chain,
    /// What is left of the last answer.
    rest: Option<Response>,
}

impl Dispatch {
    /// Takes one command APDU, well formed or not, and gives one response APDU.
    pub(super) fn transmit(&mut self, bytes: &[u8], applet: &mut dyn Applet) -> Vec<u8> {
        self.answer(bytes, applet).unwrap_or_else(Response::status).write()
    }

    fn answer(&mut self, bytes: &[u8], applet: &mut dyn Applet) -> Result<Response, Status> {
        let rest = self.rest.take();
        let command = Command::read(bytes).map_err(|_| Status::WRONG_LENGTH)?;
        let expected = command.expected;
        if command.class & !wire::apdu::CHAINING != 0 {
            self.chain.clear();
            return Err(Status::UNKNOWN_CLASS);
        }
        if command.instruction == GET_RESPONSE {
            self.chain.clear();
            if (command.p1, command.p2) != (0, 0) {
                return Err(Status::WRONG_P1P2);
            }
            let rest = rest.ok_or(Status::CONDITIONS_NOT_SATISFIED)?;
            return Ok(self.cut(rest, expected));
        }
        if command.is_chained() && !applet.takes_chains(command.instruction) {
            self.chain.clear();
            return Err(Status::CHAINING_NOT_SUPPORTED);
        }
        match self.chain.push(command, LONGEST_COMMAND) {
            Ok(Some(whole)) => {
                let response = applet.command(&whole);
                Ok(self.cut(response, expected))
            }
            Ok(None) => Ok(Response::status(Status::OK)),
            Err(Error::Chain) => Err(Status::LAST_OF_CHAIN_EXPECTED),
            Err(Error::TooLong(_) | Error::TooShort(_) | Error::Length) => {
                Err(Status::WRONG_LENGTH)
            }
        }
    }

    /// Gives as much of the answer as was asked for and keeps the rest for GET RESPONSE.
    fn cut(&mut self, mut response: Response, expected: Option<u32>) -> Response {
        let room = expected.unwrap_or(SHORT_RESPONSE).min(EXTENDED_RESPONSE);
        let room = usize::try_from(room).unwrap_or(usize::MAX);
        if response.data.len() <= room {
            return response;
        }
        let data = response.data.split_off(room);
        let waiting = u8::try_from(data.len()).unwrap_or(0);
        self.rest = Some(Response { data, status: response.status });
        Response { data: response.data, status: Status::more(waiting) }
    }

    /// After a reset.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

const GET_RESPONSE: u8 = 0xC0;
/// Longer than any block of an RSA-4096 key with its leading byte.
const LONGEST_COMMAND: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    /// Answers each command with its data and, at 01, with 300 bytes more.
    struct Echo;

    impl Applet for Echo {
        fn command(&mut self, command: &Command) -> Response {
            let mut data = command.data.clone();
            if command.instruction == 1 {
                data.resize(data.len() + 300, 0xEE);
            }
            Response::ok(data)
        }

        fn takes_chains(&self, instruction: u8) -> bool {
            instruction == 2
        }

        fn reset(&mut self) {}
    }

    fn check(script: &str, expected: &Expect) {
        let mut dispatch = Dispatch::default();
        let answers = script.split_whitespace().map(|command| {
            let answer = dispatch.transmit(&hex::decode(command).unwrap(), &mut Echo);
            let (data, status) = answer.split_last_chunk::<2>().unwrap();
            let shown = hex::encode_upper(data.get(..4).unwrap_or(data));
            format!("{} {shown} {}", data.len(), hex::encode_upper(status))
        });
        expected.assert_eq(&answers.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn parts_of_a_chain_arrive_as_one_command() {
        let expected = expect![[r#"
            0  9000
            0  9000
            4 01020304 9000"#]];
        check("100203040101 10020304020203 000203040104", &expected);
    }

    #[test]
    fn a_chain_of_what_comes_whole_is_refused_and_ends_the_one_before() {
        let expected = expect![[r#"
            0  6884
            0  9000
            0  6884
            1 04 9000"#]];
        check("100303040101 100203040101 100303040101 000203040104", &expected);
    }

    #[test]
    fn another_command_breaks_a_chain_off() {
        let expected = expect![[r#"
            0  9000
            0  6883
            1 04 9000"#]];
        check("100203040101 000203050104 000203040104", &expected);
    }

    #[test]
    fn a_long_answer_is_fetched_in_parts() {
        let expected = expect![[r#"
            256 EEEEEEEE 612C
            40 EEEEEEEE 6104
            4 EEEEEEEE 9000
            0  6985"#]];
        check("0001000000 00C0000028 00C0000004 00C0000004", &expected);
        let expected = expect!["300 EEEEEEEE 9000"];
        check("00010000000000", &expected);
    }

    #[test]
    fn another_command_forgets_the_rest_of_an_answer() {
        let expected = expect![[r#"
            256 EEEEEEEE 612C
            0  9000
            0  6985"#]];
        check("0001000000 00020000 00C0000004", &expected);
    }

    #[test]
    fn malformed_and_foreign_commands_are_refused() {
        let expected = expect![[r#"
            0  6700
            0  6700
            0  6E00
            0  6E00
            0  6A86"#]];
        check("00 000200000301 80020000 0C020000 00C0000104", &expected);
    }
}
