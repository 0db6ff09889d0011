import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.qcloud.cos.COSClient;
import com.qcloud.cos.ClientConfig;
import com.qcloud.cos.auth.BasicCOSCredentials;
import com.qcloud.cos.auth.BasicSessionCredentials;
import com.qcloud.cos.auth.COSCredentials;
import com.qcloud.cos.endpoint.EndpointResolver;
import com.qcloud.cos.exception.CosServiceException;
import com.qcloud.cos.http.HttpProtocol;
import com.qcloud.cos.model.ciModel.job.MediaJobsRequest;
import com.qcloud.cos.model.ciModel.job.MediaListJobResponse;
import com.qcloud.cos.region.Region;
import com.qcloud.cos.utils.VersionInfoUtils;
import com.thoughtworks.xstream.annotations.XStreamAlias;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Drives com.qcloud:cos_api by the adapter protocol: one JSON object a line on stdin and on stdout.
 *
 * <p>Requests go into the SDK's objects by their setters, answers come out of them by their fields
 * (the xml alias where there is one); what the library gives is passed on as it is.
 */
public final class Adapter {
    /** The SDK tries four times, 0.2, 0.4 and 0.8 s apart; its time-outs are those of a try. */
    private static final int TRIES = 4;
    private static final double PAUSES_S = 1.4;
    private static final double SHORTEST_TRY_S = 0.5;

    private static final List<String> OPERATIONS =
            List.of("create_pic_job", "describe_pic_job", "list_pic_jobs", "cancel_pic_job");
    /** What the SDK's list call sends of its request object, by the page's parameter names. */
    private static final List<String> LIST_PARAMETERS =
            List.of("queueId", "tag", "orderByTime", "nextToken", "size", "states",
                    "startCreationTime", "endCreationTime");

    private static final ObjectMapper JSON = new ObjectMapper();
    private final Map<String, COSClient> clients = new HashMap<>();

    private Adapter() {}

    /** The library has no such call, field or argument. */
    private static final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unsupported(String message) {
            super(message);
        }
    }

    public static void main(String[] arguments) throws IOException {
        // Whatever the library prints goes to stderr: stdout carries the protocol only.
        PrintStream protocol = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        BufferedReader input =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Adapter adapter = new Adapter();
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            JsonNode call = JSON.readTree(line);
            if (call.path("op").asText().equals("shutdown")) {
                break;
            }
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("id", call.get("id"));
            answer.putAll(adapter.answerTo(call));
            protocol.print(JSON.writeValueAsString(answer) + "\n");
            protocol.flush();
        }
        // The SDK's connection threads would keep the process alive.
        System.exit(0);
    }

    private Map<String, Object> answerTo(JsonNode call) {
        try {
            switch (call.path("op").asText()) {
                case "hello":
                    return Map.of("result", hello());
                case "create_pic_job":
                    return Map.of("result", create(call));
                case "describe_pic_job":
                    return Map.of("result", describe(call));
                case "list_pic_jobs":
                    return Map.of("result", list(call));
                case "cancel_pic_job":
                    return Map.of("result", cancel(call));
                default:
                    return Map.of("unsupported", "the adapter has no operation " + call.path("op"));
            }
        } catch (Unsupported reason) {
            return Map.of("unsupported", reason.getMessage());
        } catch (CosServiceException error) {
            return Map.of("error", serviceError(error, call));
        } catch (Exception | StackOverflowError | OutOfMemoryError error) {
            String message = error.getClass().getName() + ": " + error.getMessage();
            return Map.of("error", Map.of("kind", "client", "message", withoutSecrets(message, call)));
        }
    }

    private static Map<String, Object> hello() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("ciSpecialRequest", "true: the SDK forces https on CI requests without it");
        settings.put("httpProtocol", "http, because the judging endpoint is reached without TLS");
        settings.put("endpointResolver", "connects to the call's endpoint; the SDK builds the Host");
        settings.put("timeouts", "connection and socket: (timeout_s - 1.4) / 4, for four tries and their pauses");
        settings.put("retries", "the SDK's default, 3");
        settings.put("describe", "describeMediaJob, as in the vendor's PicProcessJobDemo: one request an id");
        settings.put("list", "describeMediaJobs, as in the vendor's PicProcessJobDemo");
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "cos_api");
        result.put("version", VersionInfoUtils.getVersion());
        result.put("language", "java");
        result.put("ops", OPERATIONS);
        result.put("settings", settings);
        return result;
    }

    /** A client of the SDK for the call's credentials, region and endpoint, made once. */
    private COSClient clientFor(JsonNode call) {
        String key = call.get("credentials") + " " + call.get("region") + " " + call.get("endpoint")
                + " " + call.get("timeout_s");
        return clients.computeIfAbsent(key, unused -> {
            JsonNode given = call.get("credentials");
            String id = given.path("secret_id").asText();
            String secret = given.path("secret_key").asText();
            String token = given.path("token").asText("");
            COSCredentials credentials = token.isEmpty() || token.equals("null")
                    ? new BasicCOSCredentials(id, secret)
                    : new BasicSessionCredentials(id, secret, token);
            JsonNode endpoint = call.get("endpoint");
            String address = endpoint.path("host").asText() + ":" + endpoint.path("port").asInt();
            ClientConfig config = new ClientConfig(new Region(call.path("region").asText()));
            config.setCiSpecialRequest(true);
            config.setHttpProtocol(HttpProtocol.http);
            config.setEndpointResolver(new EndpointResolver() {
                @Override
                public String resolveGeneralApiEndpoint(String unusedEndpoint) {
                    return address;
                }

                @Override
                public String resolveGetServiceApiEndpoint(String unusedEndpoint) {
                    return address;
                }
            });
            if (call.hasNonNull("timeout_s")) {
                double aTry = (call.get("timeout_s").asDouble() - PAUSES_S) / TRIES;
                int milliseconds = (int) (Math.max(SHORTEST_TRY_S, aTry) * 1000);
                config.setConnectionTimeout(milliseconds);
                config.setSocketTimeout(milliseconds);
            }
            return new COSClient(credentials, config);
        });
    }

    private Map<String, Object> create(JsonNode call) throws ReflectiveOperationException {
        MediaJobsRequest request = new MediaJobsRequest();
        request.setBucketName(call.path("bucket").asText());
        fill(request, call.get("job"));
        return Map.of("jobs", jobs(clientFor(call).createPicProcessJob(request).getJobsDetail()));
    }

    private Map<String, Object> describe(JsonNode call) throws ReflectiveOperationException {
        List<Object> jobs = new ArrayList<>();
        for (JsonNode id : call.get("job_ids")) {
            MediaJobsRequest request = new MediaJobsRequest();
            request.setBucketName(call.path("bucket").asText());
            request.setJobId(id.asText());
            jobs.addAll(jobs(clientFor(call).describeMediaJob(request).getJobsDetail()));
        }
        return Map.of("jobs", jobs);
    }

    private Map<String, Object> list(JsonNode call) throws ReflectiveOperationException {
        MediaJobsRequest request = new MediaJobsRequest();
        request.setBucketName(call.path("bucket").asText());
        for (Iterator<String> names = call.get("query").fieldNames(); names.hasNext();) {
            String name = names.next();
            String value = call.get("query").get(name).asText();
            if (!LIST_PARAMETERS.contains(name)) {
                throw new Unsupported("describeMediaJobs sends no " + name);
            }
            if (name.equals("size")) {
                request.setSize(sizeOf(value));
            } else {
                setterOf(request, name).invoke(request, value);
            }
        }
        MediaListJobResponse response = clientFor(call).describeMediaJobs(request);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("jobs", jobs(response.getJobsDetailList().toArray()));
        if (response.getNextToken() != null) {
            result.put("next_token", response.getNextToken());
        }
        return result;
    }

    private static Integer sizeOf(String value) {
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException error) {
            throw new Unsupported("the library's size is an Integer and cannot hold the value");
        }
    }

    private Map<String, Object> cancel(JsonNode call) {
        for (JsonNode id : call.get("job_ids")) {
            MediaJobsRequest request = new MediaJobsRequest();
            request.setBucketName(call.path("bucket").asText());
            request.setJobId(id.asText());
            clientFor(call).cancelMediaJob(request);
        }
        return Map.of();
    }

    /** Sets an object of the SDK from an object of the page's node names. */
    private static void fill(Object target, JsonNode nodes) throws ReflectiveOperationException {
        for (Iterator<String> names = nodes.fieldNames(); names.hasNext();) {
            String name = names.next();
            JsonNode node = nodes.get(name);
            if (node.isObject()) {
                fill(getterOf(target, name).invoke(target), node);
            } else {
                setterOf(target, name).invoke(target, node.asText());
            }
        }
    }

    private static Method setterOf(Object target, String name) {
        try {
            return target.getClass().getMethod("set" + capitalised(name), String.class);
        } catch (NoSuchMethodException error) {
            throw missing(target, name);
        }
    }

    private static Method getterOf(Object target, String name) {
        try {
            return target.getClass().getMethod("get" + capitalised(name));
        } catch (NoSuchMethodException error) {
            throw missing(target, name);
        }
    }

    private static Unsupported missing(Object target, String name) {
        return new Unsupported("the library's " + target.getClass().getSimpleName() + " has no " + name);
    }

    private static String capitalised(String name) {
        return Character.toUpperCase(name.charAt(0)) + name.substring(1);
    }

    private static List<Object> jobs(Object... jobs) throws ReflectiveOperationException {
        List<Object> views = new ArrayList<>();
        for (Object job : jobs) {
            Object view = view(job);
            views.add(view == null ? Map.of() : view);
        }
        return views;
    }

    /** What an object of the SDK holds, by its fields; null for nothing at all in it. */
    private static Object view(Object value) throws ReflectiveOperationException {
        if (value == null) {
            return null;
        }
        if (value instanceof Collection) {
            List<Object> items = new ArrayList<>();
            for (Object item : (Collection<?>) value) {
                Object view = view(item);
                if (view != null) {
                    items.add(view);
                }
            }
            return items.isEmpty() ? null : items;
        }
        if (!isModel(value.getClass())) {
            return value.toString();
        }
        Map<String, Object> object = new LinkedHashMap<>();
        for (Class<?> type = value.getClass(); isModel(type); type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    Object content = view(field.get(value));
                    if (content != null) {
                        object.put(nodeName(field), content);
                    }
                }
            }
        }
        return object.isEmpty() ? null : object;
    }

    /** Whether a class of the SDK is made of nodes; their base classes hold its own bookkeeping. */
    private static boolean isModel(Class<?> type) {
        return type.getName().startsWith("com.qcloud.cos.model.ciModel.");
    }

    private static String nodeName(Field field) {
        XStreamAlias alias = field.getAnnotation(XStreamAlias.class);
        return alias != null ? alias.value() : capitalised(field.getName());
    }

    private static Map<String, Object> serviceError(CosServiceException error, JsonNode call) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("kind", "service");
        answer.put("status", error.getStatusCode());
        answer.put("code", error.getErrorCode());
        String message = error.getErrorMessage();
        answer.put("message", message == null ? null : withoutSecrets(message, call));
        answer.put("request_id", error.getRequestId());
        return answer;
    }

    private static String withoutSecrets(String text, JsonNode call) {
        String clean = text;
        for (String name : List.of("secret_key", "token")) {
            JsonNode secret = call.path("credentials").path(name);
            if (secret.isTextual() && !secret.asText().isEmpty()) {
                clean = clean.replace(secret.asText(), "***");
            }
        }
        return clean.replaceAll("(q-signature=)[0-9a-f]{40}", "$1***");
    }
}
