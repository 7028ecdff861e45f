/* A TFLite delegate that takes the operators of one kind which only copy their input (RESHAPE is 22, SQUEEZE 43).
   The structures are declared as far as they are used; their layout is that of tensorflow/lite/core/c/common.h. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct { int size; int data[]; } IntArray;
typedef struct {
  int type;
  void *data;
  IntArray *dims;
  float scale;
  int32_t zero;
  int allocation;
  size_t bytes;
  void *mapped, *name, *delegate;
  int buffer;
  char stale, variable;
  int quantization;
  void *parameters, *sparsity, *signature;
} Tensor;
typedef struct { IntArray *inputs, *outputs, *intermediates, *temporaries; void *user_data; } Node;
typedef struct Context Context;
typedef struct Registration {
  void *(*init)(Context *, const char *, size_t);
  void (*free)(Context *, void *);
  int (*prepare)(Context *, Node *);
  int (*invoke)(Context *, Node *);
  const char *(*profiling)(const Context *, const Node *);
  int32_t code;
  const char *name;
  int version;
  void *rest[8];
} Registration;
typedef struct Delegate {
  void *data;
  int (*prepare)(Context *, struct Delegate *);
  void *copy_from, *copy_to, *free_handle;
  int64_t flags;
  void *builder;
} Delegate;
struct Context {
  size_t size;
  int (*plan)(Context *, IntArray **);
  Tensor *tensors;
  void *impl, *resize, *report, *add;
  int (*node)(Context *, int, Node **, Registration **);
  int (*replace)(Context *, Registration, const IntArray *, Delegate *);
};
typedef struct { Delegate *delegate; IntArray *nodes, *inputs, *outputs; } Params;
typedef struct { int count; int from[256], to[256]; } Copies;

static void *init(Context *context, const char *buffer, size_t length) {
  const Params *params = (const Params *)buffer;
  Copies *copies = calloc(1, sizeof(Copies));
  for (int i = 0; i < params->nodes->size && i < 256; i++) {
    Node *node;
    Registration *registration;
    context->node(context, params->nodes->data[i], &node, &registration);
    copies->from[i] = node->inputs->data[0];
    copies->to[i] = node->outputs->data[0];
    copies->count = i + 1;
  }
  return copies;
}

static void done(Context *context, void *copies) { free(copies); }

static int ready(Context *context, Node *node) { return 0; }

static int invoke(Context *context, Node *node) {
  const Copies *copies = node->user_data;
  for (int i = 0; i < copies->count; i++) {
    Tensor *from = &context->tensors[copies->from[i]], *to = &context->tensors[copies->to[i]];
    memcpy(to->data, from->data, to->bytes);
  }
  return 0;
}

static int prepare(Context *context, Delegate *delegate) {
  IntArray *plan, *taken;
  if (context->plan(context, &plan)) return 1;
  taken = calloc(1, sizeof(IntArray) + sizeof(int) * plan->size);
  for (int i = 0; i < plan->size; i++) {
    Node *node;
    Registration *registration;
    if (context->node(context, plan->data[i], &node, &registration)) return 1;
    if (registration->code == (int)(intptr_t)delegate->data) taken->data[taken->size++] = plan->data[i];
  }
  Registration kernel = {init, done, ready, invoke, NULL, 0, "CopyingDelegate", 1};
  int status = taken->size ? context->replace(context, kernel, taken, delegate) : 0;
  free(taken);
  return status;
}

Delegate *tflite_plugin_create_delegate(char **keys, char **values, size_t count, void (*report)(const char *)) {
  Delegate *delegate = calloc(1, sizeof(Delegate));
  delegate->prepare = prepare;
  delegate->data = (void *)(intptr_t)-1;
  for (size_t i = 0; i < count; i++) {
    if (!strcmp(keys[i], "kind")) delegate->data = (void *)(intptr_t)atoi(values[i]);
    if (!strcmp(keys[i], "device")) {
      report("no device found at ");
      report(values[i]);
      return NULL;
    }
  }
  return delegate;
}

void tflite_plugin_destroy_delegate(Delegate *delegate) { free(delegate); }
