//! Places: how many connections are open at once, and how many of them one address has.
//!
//! When all places are taken, or an address has its share, who comes next gets the place of the one
//! that has been silent longest: of that address, or of the one that has most. A connection whose
//! request is being answered keeps its place. So nobody closes the door by saying nothing.

use std::collections::HashMap;
use std::future::{Ready, ready};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum_server::accept::Accept;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tower_http::add_extension::AddExtension;

use crate::budget::Source;

/// Connections at once: fewer than the 1024 files a process may have open by default, so that the
/// database can always be reached.
const ALL: usize = 900;
/// Connections of one address: some hundred people behind it, each with a browser's handful.
const SHARE: usize = 300;

/// The places of a server. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<House>);

#[derive(Debug)]
struct House {
    all: usize,
    share: usize,
    /// Everybody behind them has one address: each has no share but the whole.
    proxies: Vec<IpNet>,
    seats: Mutex<Seats>,
}

#[derive(Debug, Default)]
struct Seats {
    /// Grows with each event: what is smaller was earlier.
    clock: u64,
    taken: HashMap<u64, Seat>,
}

#[derive(Debug)]
struct Seat {
    source: Source,
    doing: Doing,
    /// To be woken when the place is needed.
    reader: Option<Waker>,
}

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doing {
    /// It has asked nothing since this event.
    Silent(u64),
    /// It is being answered.
    Asking,
    /// Its place is somebody else's.
    Leaving,
}

/// A connection's place, which is free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    house: Arc<House>,
    number: u64,
}

impl Places {
    pub(super) fn new(proxies: Vec<IpNet>) -> Self {
        Self::of(ALL, SHARE, proxies)
    }

    fn of(all: usize, share: usize, proxies: Vec<IpNet>) -> Self {
        Self(Arc::new(House { all, share, proxies, seats: Mutex::default() }))
    }

    /// A place for this address; nothing where all it could have are being answered.
    fn take(&self, address: std::net::IpAddr) -> Option<Place> {
        let house = &self.0;
        let source = Source::peer(address);
        let proxy = house.proxies.iter().any(|network| network.contains(&address.to_canonical()));
        let share = if proxy || source == Source::ThisMachine { house.all } else { house.share };
        let mut seats = house.seats();
        let mut held: HashMap<Source, usize> = HashMap::new();
        let staying = seats.taken.values().filter(|seat| seat.doing != Doing::Leaving);
        staying.for_each(|seat| *held.entry(seat.source).or_default() += 1);
        if held.get(&source).is_some_and(|held| *held >= share) {
            seats.free(source)?;
        } else if held.values().sum::<usize>() >= house.all {
            let most = held.into_iter().max_by_key(|(_, held)| *held).map(|(source, _)| source);
            seats.free(most?)?;
        }
        seats.clock += 1;
        let number = seats.clock;
        let seat = Seat { source, doing: Doing::Silent(number), reader: None };
        seats.taken.insert(number, seat);
        Some(Place { house: house.clone(), number })
    }
}

impl House {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seats {
    /// Asks the connection of `source` to leave that has been silent longest.
    fn free(&mut self, source: Source) -> Option<()> {
        let silent = self.taken.values_mut().filter_map(|seat| match seat.doing {
            Doing::Silent(since) if seat.source == source => Some((since, seat)),
            Doing::Silent(_) | Doing::Asking | Doing::Leaving => None,
        });
        let (_, seat) = silent.min_by_key(|(since, _)| *since)?;
        seat.doing = Doing::Leaving;
        if let Some(reader) = seat.reader.take() {
            reader.wake();
        }
        Some(())
    }
}

impl Place {
    fn with<T>(&self, act: impl FnOnce(&mut Seat, u64) -> T) -> Option<T> {
        let mut seats = self.house.seats();
        seats.clock += 1;
        let now = seats.clock;
        seats.taken.get_mut(&self.number).map(|seat| act(seat, now))
    }

    /// Whether the place is somebody else's by now; if not, `reader` is woken when it is.
    fn is_lost(&self, reader: &Waker) -> bool {
        let lost = self.with(|seat, _| {
            seat.reader = Some(reader.clone());
            seat.doing == Doing::Leaving
        });
        lost.unwrap_or(true)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.house.seats().taken.remove(&self.number);
    }
}

/// Keeps the place of a connection while its request is answered.
pub(super) async fn keep(request: Request, next: Next) -> Response {
    let place = request.extensions().get::<Arc<Place>>().cloned();
    let _asking = place.map(Asking::begin);
    next.run(request).await
}

struct Asking(Arc<Place>);

impl Asking {
    fn begin(place: Arc<Place>) -> Self {
        place.with(|seat, _| {
            if seat.doing != Doing::Leaving {
                seat.doing = Doing::Asking;
            }
        });
        Self(place)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.with(|seat, now| {
            if seat.doing == Doing::Asking {
                seat.doing = Doing::Silent(now);
            }
        });
    }
}

impl<S> Accept<TcpStream, S> for Places {
    type Stream = Seated;
    type Service = AddExtension<S, Arc<Place>>;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let place = stream.peer_addr().map(|peer| self.take(peer.ip()));
        ready(place.and_then(|place| {
            let place = Arc::new(place.ok_or(io::ErrorKind::ResourceBusy)?);
            let stream = Seated { stream, place: place.clone() };
            Ok((stream, AddExtension::new(service, place)))
        }))
    }
}

/// A connection with a place: where that is lost it reads as ended.
#[derive(Debug)]
pub(super) struct Seated {
    stream: TcpStream,
    place: Arc<Place>,
}

impl AsyncRead for Seated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.place.is_lost(cx.waker()) {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Seated {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// A house with few places.
    pub(crate) fn few(all: usize, share: usize) -> Places {
        Places::of(all, share, Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(places: &Places, address: &str) -> Option<Arc<Place>> {
        places.take(address.parse().unwrap()).map(Arc::new)
    }

    fn lost(place: &Place) -> bool {
        place.is_lost(Waker::noop())
    }

    #[test]
    fn an_address_with_its_share_gives_up_its_longest_silent_connection() {
        let places = Places::of(10, 3, Vec::new());
        let mut held: Vec<_> = (0..3).map(|_| take(&places, "198.51.100.7").unwrap()).collect();
        let other = take(&places, "198.51.100.8").unwrap();
        drop(Asking::begin(held[0].clone())); // it was answered, and is silent since
        let asking = Asking::begin(held[1].clone());
        held.push(take(&places, "198.51.100.7").unwrap());
        let gone: Vec<_> = held.iter().map(|place| lost(place)).collect();
        assert_eq!(gone, [false, false, true, false]);
        assert!(!lost(&other));
        drop(asking);
        let all: Vec<_> = held.iter().cloned().map(Asking::begin).collect();
        assert!(take(&places, "198.51.100.7").is_none(), "all of its own are being answered");
        drop(all);
    }

    #[test]
    fn when_all_places_are_taken_the_address_that_has_most_gives_one_up() {
        let places = Places::of(6, 4, Vec::new());
        let many: Vec<_> = (0..4).map(|_| take(&places, "198.51.100.7").unwrap()).collect();
        let few: Vec<_> = (0..2).map(|_| take(&places, "198.51.100.8").unwrap()).collect();
        let new = take(&places, "2001:db8::1").unwrap();
        assert!(lost(&many[0]) && many[1..].iter().all(|place| !lost(place)));
        assert!(few.iter().all(|place| !lost(place)) && !lost(&new));
        drop(many);
        drop(few);
        assert_eq!(places.0.seats().taken.len(), 1, "a place is free when its connection ends");
    }

    #[test]
    fn this_machine_and_named_proxies_may_have_all_places() {
        let places = Places::of(6, 2, vec!["10.0.0.0/8".parse().unwrap()]);
        for address in ["127.0.0.1", "10.0.0.1"] {
            let held: Vec<_> = (0..6).map(|_| take(&places, address).unwrap()).collect();
            assert!(held.iter().all(|place| !lost(place)), "{address}");
        }
    }
}
