package org.openingminute.gateway.edge;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openingminute.gateway.GatewaySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;
import reactor.netty.http.server.ConnectionInfo;

/**
 * Finds a client's address and port. They are those of the connection or, if the connection comes from a trusted proxy, those in
 * {@code X-Forwarded-For}, as {@code 198.51.100.1:4711} or {@code [2001:db8::1]:4711}. If the proxy names no client port, the proxy's own
 * port stands in for it; the entrance proxy writes that as {@code 198.51.100.1:_4711}. In a chain of proxies the client is the last address
 * that is not a trusted proxy, because the client may have invented everything before it. Thread-safe.
 */
@Component
class TrustedProxies implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {

    private static final Logger log = LoggerFactory.getLogger(TrustedProxies.class);

    private static final Duration WARNS_EVERY = Duration.ofHours(1);
    private static final int BITS_OF_4 = 32;
    private static final int BITS_OF_6 = 128;
    private static final int HIGHEST_PORT = 65_535;
    private static final Pattern WITH_PORT = Pattern.compile("(?<address>\\[.+]|[^:]+):(?<proxys>_?)(?<port>\\d{1,5})");

    private final List<IpSubnetFilterRule> proxies;
    private final LongSupplier clock;
    private final AtomicLong warnsFrom;

    @Autowired
    TrustedProxies(GatewaySettings settings) {
        this(settings, System::nanoTime);
    }

    /** @param clock a source of nanoseconds */
    TrustedProxies(GatewaySettings settings, LongSupplier clock) {
        proxies = settings.trustedProxies().stream().map(TrustedProxies::rule).toList();
        this.clock = clock;
        this.warnsFrom = new AtomicLong(clock.getAsLong());
    }

    private static IpSubnetFilterRule rule(String range) {
        String[] parts = range.strip().split("/", 2);
        try {
            int bits = parts.length == 2
                    ? Integer.parseInt(parts[1])
                    : NetUtil.isValidIpV4Address(parts[0]) ? BITS_OF_4 : BITS_OF_6;
            return new IpSubnetFilterRule(parts[0], bits, IpFilterRuleType.ACCEPT);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "TRUSTED_PROXIES must list addresses or ranges such as 10.0.0.0/8, not '" + range + "'", e);
        }
    }

    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
        if (!proxies.isEmpty()) {
            factory.addServerCustomizers(server -> server.forwarded((connection, request) ->
                    client(connection, request.headers().getAllAsString("X-Forwarded-For"))));
        }
    }

    private ConnectionInfo client(ConnectionInfo connection, List<String> headers) {
        InetSocketAddress peer = connection.getRemoteAddress();
        return peer == null ? connection : connection.withRemoteAddress(client(peer, headers));
    }

    /** @param forwardedFor the values of {@code X-Forwarded-For}, in their order */
    InetSocketAddress client(InetSocketAddress peer, List<String> forwardedFor) {
        InetSocketAddress client = peer;
        boolean portNamed = true;
        List<String> named = forwardedFor.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .toList();
        for (int i = named.size() - 1; i >= 0 && isProxy(client); i--) {
            Matcher withPort = WITH_PORT.matcher(named.get(i));
            boolean hasPort = withPort.matches();
            byte[] address =
                    NetUtil.createByteArrayFromIpAddressString(hasPort ? withPort.group("address") : named.get(i));
            if (address == null) {
                return client;
            }
            client = new InetSocketAddress(
                    address(address), hasPort ? portOf(withPort.group("port")) : client.getPort());
            portNamed = hasPort && withPort.group("proxys").isEmpty();
        }
        if (!portNamed && shouldWarn()) {
            log.warn(
                    "A trusted proxy names no port of its clients, so limits are not fair between those at one address."
                            + " Have it send X-Forwarded-For with address and port, as 198.51.100.1:4711");
        }
        return client;
    }

    /**
     * Limits the warning to one an hour. An entrance proxy of the previous version causes it until it is replaced; later it points to a
     * misconfigured proxy.
     */
    private boolean shouldWarn() {
        long now = clock.getAsLong();
        long from = warnsFrom.get();
        return now - from >= 0 && warnsFrom.compareAndSet(from, now + WARNS_EVERY.toNanos());
    }

    private static int portOf(String named) {
        return Math.min(Integer.parseInt(named), HIGHEST_PORT);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    private boolean isProxy(InetSocketAddress address) {
        return proxies.stream().anyMatch(proxy -> proxy.matches(address));
    }
}
