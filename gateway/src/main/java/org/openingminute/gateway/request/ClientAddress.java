package org.openingminute.gateway.request;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * The address by which a client is counted: its IPv4 address, or the /64 prefix of its IPv6 address, which belongs to one customer as a
 * whole.
 */
public final class ClientAddress {

    private static final int BYTES_OF_64_BITS = 8;
    private static final int BYTES_OF_6 = 16;
    private static final InetSocketAddress NONE = InetSocketAddress.createUnresolved("none", 0);

    private ClientAddress() {}

    /** The client's address and port, as determined by the edge. */
    public static InetSocketAddress connection(ServerHttpRequest request) {
        @Nullable InetSocketAddress client = request.getRemoteAddress();
        return client == null || client.getAddress() == null ? NONE : client;
    }

    /** The address without the part that a customer can choose freely. */
    public static String of(InetSocketAddress connection) {
        @Nullable InetAddress address = connection.getAddress();
        if (address == null) {
            return "none";
        }
        return address instanceof Inet6Address ? network(address.getAddress()) : address.getHostAddress();
    }

    private static String network(byte[] address) {
        try {
            byte[] network = Arrays.copyOf(Arrays.copyOf(address, BYTES_OF_64_BITS), BYTES_OF_6);
            return InetAddress.getByAddress(network).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new IllegalStateException("16 bytes are always an address", e);
        }
    }
}
