//! Quiora as a WebRTC client of its own public protocol: the seller of the demo and the publisher of the tests.
