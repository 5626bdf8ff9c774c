package org.openingminute.gateway.request;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** The address by which a client is counted: its IPv4 address, or the /64 of its IPv6 address, of which all belong to one customer. */
public final class ClientAddress {

    private static final int BYTES_OF_64_BITS = 8;
    private static final int BYTES_OF_6 = 16;
    private static final InetSocketAddress NONE = InetSocketAddress.createUnresolved("none", 0);

    private ClientAddress() {}

    /** Address and port of the client, as the edge knows them. */
    public static InetSocketAddress connection(ServerHttpRequest request) {
        @Nullable InetSocketAddress client = request.getRemoteAddress();
        return client == null || client.getAddress() == null ? NONE : client;
    }

    /** The address without what one customer can choose at will. */
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
