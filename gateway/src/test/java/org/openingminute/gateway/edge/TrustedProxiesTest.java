package org.openingminute.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openingminute.gateway.TestSettings;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class TrustedProxiesTest {

    @ParameterizedTest
    @CsvSource({
        // a header of an untrusted client is ignored
        "203.0.113.7, '198.51.100.1', 203.0.113.7",
        "203.0.113.7, '', 203.0.113.7",
        // a header of a trusted proxy is used
        "172.18.0.5, '198.51.100.1', 198.51.100.1",
        // an address that the proxy's client forged is ignored
        "172.18.0.5, '10.9.9.9, 198.51.100.1', 198.51.100.1",
        // a chain of trusted proxies
        "172.18.0.5, '198.51.100.1, 192.0.2.10', 198.51.100.1",
        "172.18.0.5, '', 172.18.0.5",
        "172.18.0.5, 'unknown', 172.18.0.5",
        "172.18.0.5, '2001:db8::1', 2001:db8:0:0:0:0:0:1",
    })
    void last_trusted_proxy_names_the_client(String peer, String header, String client) {
        TrustedProxies proxies = new TrustedProxies(TestSettings.behind("172.16.0.0/12", "192.0.2.10"));
        assertThat(proxies.client(new InetSocketAddress(peer, 4711), header.isEmpty() ? List.of() : List.of(header))
                        .getAddress()
                        .getHostAddress())
                .isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, '198.51.100.1:99', 203.0.113.7, 4711",
        "172.18.0.5, '198.51.100.1:99', 198.51.100.1, 99",
        "172.18.0.5, '[2001:db8::1]:99', 2001:db8:0:0:0:0:0:1, 99",
        "172.18.0.5, '[2001:db8::1]', 2001:db8:0:0:0:0:0:1, 4711",
        "172.18.0.5, '2001:db8::1:99', 2001:db8:0:0:0:0:1:99, 4711",
        "172.18.0.5, '198.51.100.1', 198.51.100.1, 4711",
        "172.18.0.5, '198.51.100.1:99999', 198.51.100.1, 65535",
        "172.18.0.5, '198.51.100.1:_99', 198.51.100.1, 99",
        "172.18.0.5, '[2001:db8::1]:_99', 2001:db8:0:0:0:0:0:1, 99",
        "172.18.0.5, '198.51.100.1:x', 172.18.0.5, 4711",
        "172.18.0.5, '198.51.100.1:1, 192.0.2.10:2', 198.51.100.1, 1",
    })
    void a_proxy_names_the_port_or_its_own_counts(String peer, String header, String client, int port) {
        TrustedProxies proxies = new TrustedProxies(TestSettings.behind("172.16.0.0/12", "192.0.2.10"));
        InetSocketAddress found = proxies.client(new InetSocketAddress(peer, 4711), List.of(header));
        assertThat(found.getAddress().getHostAddress()).isEqualTo(client);
        assertThat(found.getPort()).isEqualTo(port);
    }

    @Test
    void a_proxy_that_names_no_port_is_told_of_once_an_hour(CapturedOutput output) {
        String warning = "A trusted proxy names no port of its clients";
        for (String without : List.of("198.51.100.1", "198.51.100.1:_99", "198.51.100.1, 192.0.2.10:2")) {
            AtomicLong clock = new AtomicLong();
            TrustedProxies proxies = new TrustedProxies(TestSettings.behind("172.16.0.0/12", "192.0.2.10"), clock::get);
            InetSocketAddress peer = new InetSocketAddress("172.18.0.5", 4711);
            int before = output.getAll().split(warning, -1).length;
            proxies.client(peer, List.of());
            proxies.client(peer, List.of("198.51.100.1:99"));
            proxies.client(peer, List.of("198.51.100.1:99, 192.0.2.10"));
            proxies.client(new InetSocketAddress("203.0.113.7", 4711), List.of("198.51.100.1"));
            assertThat(output.getAll().split(warning, -1)).hasSize(before);
            proxies.client(peer, List.of(without));
            proxies.client(peer, List.of(without));
            clock.set(Duration.ofHours(1).toNanos() - 1);
            proxies.client(peer, List.of(without));
            assertThat(output.getAll().split(warning, -1)).as(without).hasSize(before + 1);
            clock.set(Duration.ofHours(1).toNanos());
            proxies.client(peer, List.of(without));
            proxies.client(peer, List.of(without));
            assertThat(output.getAll().split(warning, -1)).as(without).hasSize(before + 2);
        }
    }

    @Test
    void a_range_that_is_none_is_named() {
        for (String bad : List.of("entrance", "10.0.0.0/99", "10.0.0.0/x")) {
            assertThatThrownBy(() -> new TrustedProxies(TestSettings.behind(bad)))
                    .hasMessageContaining("TRUSTED_PROXIES")
                    .hasMessageContaining(bad);
        }
    }
}
